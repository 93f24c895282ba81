"""The documents tell the truth: settings and error codes are in them, named functions exist."""

import importlib
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pytest
from source_tree import ROOT, project_files, source_modules

from milepost.core.config import Settings
from milepost.core.errors import MilepostError

GUIDES = ROOT / "docs" / "guides"
MAP = ROOT / "docs" / "map.md"
# What the map has a line for: folders down to this depth below the first part.
MAPPED = {
    ".": 1,
    "docs": 1,
    "tests": 1,
    "src/milepost": 2,
    "src/milepost/engine/backing": 1,
    "src/milepost/engine/stacks": 1,
}
# Of these folders' own folders, which are all alike, the map has one line.
ALIKE = ("src/milepost/engine/backing", "src/milepost/engine/stacks", "src/milepost/languages")


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


@pytest.mark.parametrize(
    ("document", "fewest"), [("tour", 15), ("processes", 20), ("glossary", 50), ("map", 10)]
)
def test_every_symbol_that_a_document_names_exists(document, fewest):
    text = (ROOT / "docs" / f"{document}.md").read_text(encoding="utf-8")
    named = re.findall(r"`(milepost(?:\.\w+)*):(\w+(?:\.\w+)*)`", text)

    assert len(named) >= fewest, "it leads into the code"
    missing = [f"{module}:{symbol}" for module, symbol in named if not _exists(module, symbol)]
    assert missing == []


def test_the_glossary_is_alphabetical_and_leads_from_each_word_to_its_code():
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    words = [word for word, *_ in rows[1:]]  # below the heading

    assert words == sorted(words, key=str.casefold)
    assert len(words) == len(set(words))
    assert all(re.fullmatch(r"`milepost[\w.]*:[\w.]+`|\[.+\]\(.+\)", row[-1]) for row in rows[1:])


def test_the_map_has_a_line_for_each_folder_and_a_folder_for_each_line():
    lines = re.findall(r"^\| `([^`]+)` \|", MAP.read_text(encoding="utf-8"), re.MULTILINE)

    assert sorted(lines) == sorted(_mapped_folders())


def test_every_link_of_a_document_leads_to_something_there():
    documents = [file for file in project_files() if file.suffix == ".md" and not _is_content(file)]
    links = [(file, link) for file in documents for link in _relative_links(file)]
    broken = [(file.name, link) for file, link in links if not (file.parent / link).exists()]

    assert links
    assert broken == []


def test_decisions_are_short_and_say_what_enforces_them():
    records = sorted((ROOT / "docs" / "adr").glob("[0-9]*.md"))

    assert records
    for record in records:
        text = record.read_text(encoding="utf-8")
        assert len(text.splitlines()) <= 60, record.name
        assert "## Enforced by" in text, record.name


def _mapped_folders() -> set[str]:
    folders = {
        folder
        for file in project_files()
        for folder in PurePosixPath(file.relative_to(ROOT).as_posix()).parents
    }
    found = {root for root in MAPPED if root != "."} | {
        str(folder)
        for root, depth in MAPPED.items()
        for folder in folders
        if folder.is_relative_to(root) and 0 < len(folder.relative_to(root).parts) <= depth
    }
    alike = {name: f"{root}/*" for root in ALIKE for name in found if name.startswith(f"{root}/")}
    return {alike.get(name, name) for name in found} - {"src"}


def _is_content(file: Path) -> bool:
    """Tell briefs and lessons, whose links have schemes of their own, from documents."""
    return file.is_relative_to(ROOT / "content")


def _relative_links(document: Path) -> Iterator[str]:
    prose = re.sub(
        r"^```.*?^```", "", document.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE
    )
    for link in re.findall(r"\]\(([^)\s]+)\)", prose):
        if not re.match(r"[a-z]+:|#", link):
            yield link.partition("#")[0]


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
