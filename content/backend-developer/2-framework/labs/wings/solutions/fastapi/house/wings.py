"""The wings as they are found: every folder in `wings` that has an entry."""

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from fastapi import APIRouter

WINGS = Path(__file__).parent.parent / "wings"


@dataclass
class Wing:
    name: str
    title: str
    router: APIRouter
    visits: int = 0

    def show(self) -> dict:
        return {"name": self.name, "title": self.title, "visits": self.visits}


def find_names() -> list[str]:
    return sorted(entry.parent.name for entry in WINGS.glob("*/__init__.py"))


def load_wing(name: str) -> Wing:
    entry = import_module(f"wings.{name}")
    return Wing(name, entry.TITLE, entry.router)
