"""What pages take from the folders of languages: how the editor shows files, and their names."""

import json
import re
from pathlib import Path

import pytest

from milepost.languages import find_language, find_language_of, list_languages
from milepost.web.rendering.sources import is_readable_path

STATIC = Path(__file__).parents[2] / "src" / "milepost" / "web" / "static"


async def test_the_editor_is_told_how_to_show_the_files_of_each_language(client, make):
    await make.path("tiny")
    lab = await make.lab()
    page = (await client.log_in(await make.learner()).get(f"/labs/{lab.slug}")).text
    told = json.loads(re.search(r'id="lab-data">(.*?)</script>', page, re.DOTALL)[1])["languages"]

    assert told[".py"] == {"mode": "python", "indentation": 4, "tabs": False}
    assert told[".cjs"] == {"mode": "javascript", "indentation": 2, "tabs": False}
    assert told[".go"] == {"mode": "go", "indentation": 4, "tabs": True}
    assert told.keys() == {ending for each in list_languages() for ending in each.endings}


def test_the_editor_has_every_mode_that_a_language_names():
    script = (STATIC / "editor.js").read_text(encoding="utf-8")
    modes = re.search(r"const MODES = \{(.*?)\n\};", script, re.DOTALL)[1]

    assert {each.editor for each in list_languages()} <= set(re.findall(r"\w+", modes))


@pytest.mark.parametrize(
    ("language", "written"), [("python", "count_words"), ("javascript", "countWords")]
)
def test_a_function_is_named_as_its_language_writes_it(language, written):
    assert find_language(language).rename("count_words") == written


def test_a_file_is_in_the_language_that_its_name_ends_in():
    assert find_language_of("a/b.mjs").name == "javascript"
    assert find_language_of("a/b.mjs.txt") is None


def test_what_tools_leave_behind_is_not_shown_as_source():
    assert not is_readable_path("src/node_modules/a.js")
    assert not is_readable_path("src/venv/a.py")
