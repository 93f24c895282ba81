"""The content that Milepost ships, as it lies in the checkout."""

import tomllib
from pathlib import Path

import pytest

from milepost.engine import install_stack

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def checkout() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def path_folder() -> Path:
    return ROOT / "content" / "backend-developer"


@pytest.fixture(scope="session")
def path(path_folder):
    return tomllib.loads((path_folder / "path.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def skills(path_folder):
    """The skills in their order, each with its folder."""
    files = sorted(path_folder.glob("*/skill.toml"))
    return [
        {"folder": file.parent, **tomllib.loads(file.read_text(encoding="utf-8"))} for file in files
    ]


@pytest.fixture(scope="session")
def stacks_dir():
    """The checkout's stacks of web frameworks, which `make test` has installed before."""
    folder = ROOT / "data" / "stacks"
    for name in ("fastapi", "django", "express"):
        install_stack(name, folder)
    return folder
