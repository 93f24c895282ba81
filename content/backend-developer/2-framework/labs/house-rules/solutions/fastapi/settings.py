"""The settings: which there are, what fits, and the end of the start where something does not."""

import sys
from typing import Literal

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    hotel_name: str = Field(min_length=1)
    closed: bool = False
    body_limit: int = Field(default=10_000, ge=1, le=1_000_000)
    log_level: Literal["info", "error"] = "info"


def read_settings() -> Settings:
    try:
        return Settings()
    except ValidationError as error:
        wrong = [str(problem["loc"][0]).upper() for problem in error.errors()]
        sys.exit(f"The hotel can't open. Check these settings: {', '.join(wrong)}")
