"""The documents tell the truth: settings and error codes are in them, named functions exist."""

import importlib
import re

from source_tree import ROOT, source_modules

from milepost.core.config import Settings
from milepost.core.errors import MilepostError

GUIDES = ROOT / "docs" / "guides"
TOUR = ROOT / "docs" / "tour.md"


def test_every_setting_is_in_the_operators_guide():
    guide = (GUIDES / "operators.md").read_text(encoding="utf-8")
    missing = [name for name in Settings.model_fields if f"`MILEPOST_{name.upper()}`" not in guide]

    assert missing == []


def test_every_error_code_is_documented():
    document = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
    for module in source_modules():
        if module.path.name == "errors.py" or "MilepostError" in module.text:
            importlib.import_module(_dotted(module.name))

    undocumented = {kind.code for kind in _all_errors()} - set(re.findall(r"`(\w+)`", document))

    assert undocumented == set()


def test_every_symbol_that_the_tour_names_exists():
    named = re.findall(r"`(milepost(?:\.\w+)*):(\w+(?:\.\w+)*)`", TOUR.read_text(encoding="utf-8"))

    assert len(named) >= 15, "the tour follows one submission, function by function"
    missing = [f"{module}:{symbol}" for module, symbol in named if not _exists(module, symbol)]
    assert missing == []


def test_decisions_are_short_and_say_what_enforces_them():
    records = sorted((ROOT / "docs" / "adr").glob("[0-9]*.md"))

    assert records
    for record in records:
        text = record.read_text(encoding="utf-8")
        assert len(text.splitlines()) <= 60, record.name
        assert "## Enforced by" in text, record.name


def _dotted(name: str) -> str:
    return name.removeprefix("src/").removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _all_errors() -> set[type[MilepostError]]:
    found: set[type[MilepostError]] = set()
    waiting = [MilepostError]
    while waiting:
        kind = waiting.pop()
        if kind.__module__.startswith("milepost."):
            found.add(kind)
        waiting.extend(kind.__subclasses__())
    return found


def _exists(module: str, symbol: str) -> bool:
    try:
        target: object = importlib.import_module(module)
        for part in symbol.split("."):
            target = getattr(target, part)
    except (ImportError, AttributeError):
        return False
    return True
