"""A folder for a server, and a server in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from milepost.embedded import EmbeddedPostgres


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "postgres"


@pytest.fixture
def server(folder: Path) -> Iterator[EmbeddedPostgres]:
    with EmbeddedPostgres(folder, durable=False) as server:
        yield server
