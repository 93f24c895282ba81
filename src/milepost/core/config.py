"""Settings, read once from the environment (`MILEPOST_…`). No secret has a default.

Every field carries the description that the operators' guide shows. Invariant: a value that can't
be meant ends the program with its name, and so does a name that no setting has.
"""

import logging
import os
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import ClassVar, Literal

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from milepost.core.addresses import parse_postgres_url, read_public_url
from milepost.core.errors import InvalidError

_PREFIX = "MILEPOST_"
# What is read from the environment by others than `Settings`: for developers and their tests.
_NO_SETTINGS = frozenset({"MILEPOST_DEBUG", "MILEPOST_CHROMIUM"})


class SettingUnknown(InvalidError):
    """The environment names a setting that Milepost does not have."""

    code: ClassVar[str] = "setting_unknown"

    def __init__(self, name: str, nearest: str | None) -> None:
        meant = f"Did you mean {nearest}?" if nearest else "Take it out of the environment."
        super().__init__(
            f"There is no setting {name}, so it would change nothing. {meant} "
            "docs/guides/operators.md lists every setting.",
            name=name,
            nearest=nearest,
        )


class Settings(BaseSettings):
    """How this installation runs."""

    model_config = SettingsConfigDict(env_prefix=_PREFIX, frozen=True, extra="ignore")

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
        "before it. With https, cookies become Secure and take the __Host- prefix, and browsers "
        "are told to come by https only.",
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
    log_format: Literal["json", "text"] | None = Field(
        default=None,
        description="How log lines are printed: `json`, one object a line, or `text`, for people. "
        "Without it, text on a terminal and json elsewhere.",
    )
    metrics_token: SecretStr | None = Field(
        default=None,
        description="Who sends this as a bearer token may read /metrics from anywhere. "
        "Without it, only programs on the same machine may, and nobody where a public URL is set.",
    )

    @model_validator(mode="before")
    @classmethod
    def _refuse_unknown_names(cls, values: object) -> object:
        for name in sorted(os.environ):
            written = name.upper()
            asked = written.removeprefix(_PREFIX).lower()
            if written in _NO_SETTINGS or asked == written.lower() or asked in cls.model_fields:
                continue
            nearest = get_close_matches(asked, cls.model_fields, n=1)
            raise SettingUnknown(name, f"{_PREFIX}{nearest[0].upper()}" if nearest else None)
        return values

    @field_validator("database_url")
    @classmethod
    def _require_postgres(cls, url: str | None) -> str | None:
        if url is not None:
            parse_postgres_url(url)
        return url

    @field_validator("public_url")
    @classmethod
    def _require_address(cls, url: str | None) -> str | None:
        return None if url is None else read_public_url(url)

    @field_validator("log_level")
    @classmethod
    def _require_level(cls, level: str) -> str:
        if level.upper() not in logging.getLevelNamesMapping():
            raise ValueError("write DEBUG, INFO, WARNING or ERROR")
        return level.upper()

    @property
    def base_url(self) -> str:
        """The URL that links are made from, without a slash at its end."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.public_url or f"http://{host}:{self.port}"

    @property
    def is_https(self) -> bool:
        """Whether people reach this installation over https."""
        return self.base_url.startswith("https://")


@lru_cache
def get_settings() -> Settings:
    """Return the settings of this process."""
    return Settings()
