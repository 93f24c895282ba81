"""Which files the source viewer shows: this project's own, and no answer, secret or way out."""

from pathlib import Path
from urllib.parse import unquote

import pytest

from milepost.search.own_source import list_entries
from milepost.web.rendering.sources import ProjectSource, is_readable_path

ROOT = Path(__file__).parents[2]
LAB = "content/backend-developer/1-language/labs/traffic-report"
LAB_SUPPORT = f"{LAB}/checks/support.py"
DRILL = "content/backend-developer/1-language/drills/loops"


@pytest.fixture
def project(tmp_path):
    for path in (
        "src/app.py",
        ".env",
        "docs/a.md",
        f"{LAB}/checks.py",
        LAB_SUPPORT,
        f"{LAB}/brief.md",
    ):
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("class Shelf:\n    LIMIT = 3\n\n    def add(self): ...\n")
    (tmp_path / "docs" / "out.md").symlink_to("/etc/passwd")
    (tmp_path / "src" / "linked").symlink_to("/etc")
    (tmp_path / "src" / "image.py").write_bytes(b"\x00\x01")
    (tmp_path / "src" / "large.py").write_text("#" * 500_000)
    return ProjectSource(tmp_path)


@pytest.mark.parametrize(
    "path",
    [
        "../etc/passwd", "src/../.env", "/etc/passwd", "src//app.py", "src/./app.py", ".env",
        ".git/config", "src\\app.py", "src/app.py\0", "src/\u202eapp.py", "data/secret", "uv.lock",
        "docs/out.md", "src/linked/passwd", "src/image.py", "src/large.py", "src/missing.py", "src",
        f"{LAB}/checks.py", LAB_SUPPORT, f"{LAB}/lab.toml", f"{LAB}/solutions/python/report.py",
        f"{LAB}/flawed/text/flaw.toml", f"{LAB}/data/seed.sql", f"{LAB}/starter/../checks.py",
    ],
)  # fmt: skip
def test_what_is_not_meant_to_be_read_is_not_found(project, path):
    assert project.find_file(path) is None


def test_of_every_lab_and_drill_the_viewer_shows_the_brief_and_the_starters_alone():
    source = ProjectSource(ROOT)
    folders = [file.parent for file in (ROOT / "content").rglob("lab.toml")]
    shown = {
        entry.name
        for folder in folders
        for entry in source.list_folder(folder.relative_to(ROOT).as_posix()) or ()
    }

    assert ROOT / DRILL in folders
    assert ROOT / LAB in folders
    assert shown == {"brief.md", "starter"}
    assert source.find_file(f"{DRILL}/checks.py") is None


def test_the_projects_own_files_are_read(project):
    assert project.find_file("src/app.py").startswith("class Shelf")
    assert project.find_file(f"{LAB}/brief.md") is not None
    assert is_readable_path(f"{LAB}/starter/python/report.py")


def test_a_listing_leaves_out_what_can_not_be_opened(project):
    assert [entry.name for entry in project.list_folder("")] == ["content", "docs", "src"]
    assert [entry.name for entry in project.list_folder("docs")] == ["a.md"]
    assert [entry.name for entry in project.list_folder(LAB)] == ["brief.md"]
    assert project.list_folder("src/linked") is None


def test_symbols_are_found_by_reading():
    source = ProjectSource(ROOT)

    place = source.find_symbol("milepost.web.rendering.sources:ProjectSource.find_symbol")

    assert place.path == "src/milepost/web/rendering/sources.py"
    text = source.find_file(place.path).splitlines()
    assert text[place.line - 1].strip().startswith("def find_symbol")
    assert source.find_symbol("milepost.web").path == "src/milepost/web/__init__.py"
    assert source.find_symbol("milepost.web.rendering.sources:LAST_WORD") is None
    assert source.find_symbol("milepost.nowhere:x") is None
    assert source.find_symbol("os:path") is None


def test_whatever_of_the_source_a_search_finds_is_shown_at_its_line():
    source = ProjectSource(ROOT)
    places = {entry.address.partition("#L")[::2] for entry in list_entries()}
    lines = {
        address: len(
            (source.find_file(unquote(address.removeprefix("/source/"))) or "").split("\n")
        )
        for address, _ in places
    }

    assert len(places) > 1000
    astray = [place for place in places if int(place[1] or 1) > lines[place[0]]]
    hidden = [address for address, count in lines.items() if count == 1]
    assert astray == []
    assert hidden == []
