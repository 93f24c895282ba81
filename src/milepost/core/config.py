"""Settings, read once from the environment (`MILEPOST_…`). No secret has a default.

Every field carries the description that the operators' guide shows.
"""

from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """How this installation runs."""

    model_config = SettingsConfigDict(env_prefix="MILEPOST_", frozen=True, extra="ignore")

    database_url: str | None = Field(
        default=None,
        description="A PostgreSQL to use, as postgresql://user:password@host/name. "
        "Without it, `milepost up` runs a private one in the data folder.",
    )
    data_dir: Path = Field(
        default=Path("data"),
        description="Where the private PostgreSQL and everything else that must survive is kept.",
    )
    content_dir: Path = Field(
        default=Path("content"), description="Where paths, skills, lessons and labs are read from."
    )
    publish_unverified_labs: bool = Field(
        default=False,
        description="For authors: publish labs that `milepost labs verify` has not passed too.",
    )
    stacks_dir: Path | None = Field(
        default=None,
        description="Where the libraries of stacks are, which `milepost stacks install` fills. "
        "Without it, data/stacks in the checkout that Milepost runs from.",
    )
    isolation: Literal["isolated", "restricted"] | None = Field(
        default=None,
        description="The tier of isolation that is demanded: where it can't be had, nothing is "
        "graded. Without it, `isolated` where the machine can, else `restricted` (SECURITY.md).",
    )
    host: str = Field(default="127.0.0.1", description="The address that the web server binds.")
    port: int = Field(
        default=8642, ge=1, le=65535, description="The port that the web server binds."
    )
    public_url: str | None = Field(
        default=None,
        description="The URL that people reach this installation under, when a proxy stands "
        "before it. With https, cookies become Secure and take the __Host- prefix.",
    )
    workers: int = Field(default=1, ge=1, le=64, description="How many grading workers run.")
    worker_lease_seconds: float = Field(
        default=30.0,
        ge=1,
        description="How long a worker may be silent until others take it for dead and its work "
        "over. One that was killed is noticed at once; this is for hosts that are gone.",
    )
    course_urls_file: Path | None = Field(
        default=None,
        description="A TOML file that gives suggested courses a URL: "
        'a table [backend-developer] with lines such as language = "https://…".',
    )
    log_level: str = Field(default="INFO", description="The least severe log line to print.")

    @property
    def base_url(self) -> str:
        """The URL that links are made from, without a slash at its end."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def is_https(self) -> bool:
        """Whether people reach this installation over https."""
        return self.base_url.startswith("https://")


@lru_cache
def get_settings() -> Settings:
    """Return the settings of this process."""
    return Settings()
