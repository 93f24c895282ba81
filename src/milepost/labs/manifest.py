"""Reads `lab.toml`, and writes the shorter one that goes to learners.

Tables in general live in `tables`, the checks in `checks_file`.
Nothing here looks at any other file of the lab.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from milepost.engine import Entry, Limits
from milepost.labs.model import Lab, Task
from milepost.labs.names import find_path_problem
from milepost.labs.tables import TableReader, is_slug, parse_toml

DIFFICULTIES = ("easy", "medium", "hard")
LONGEST_MINUTES = 600
SERVICES = ("postgres", "redis", "upstream", "balancer")
# On these nothing of a learner is started: a service runs what is in the files.
FILES_ONLY: Mapping[str, str] = {"sql": "postgres"}

MEBIBYTE = 1024 * 1024
# No lab may ask for more than this, whoever wrote it: a run shares its machine with others.
CEILINGS: Mapping[str, float] = {
    "wall_seconds": 300,
    "run_seconds": 120,
    "memory_bytes": 2048 * MEBIBYTE,
    "processes": 256,
    "output_bytes": 16 * MEBIBYTE,
    "disk_bytes": 512 * MEBIBYTE,
    "files": 20_000,
    "open_files": 1024,
    "database_bytes": 512 * MEBIBYTE,
    "database_connections": 40,
    "database_locks": 20_000,
    "redis_bytes": 256 * MEBIBYTE,
    "redis_connections": 50,
}


@dataclass(frozen=True, slots=True)
class Manifest:
    """`lab.toml` as read. `starter_fails` is None where it says "all"."""

    slug: str
    title: str
    summary: str
    objectives: tuple[str, ...]
    difficulty: str
    minutes: int
    stacks: tuple[str, ...]
    services: tuple[str, ...]
    entries: Mapping[str, Entry]
    limits: Limits
    tasks: tuple[Task, ...]
    starter_fails: tuple[str, ...] | None


def read_manifest(content: bytes, problems: list[str]) -> Manifest | None:
    """Read `lab.toml`, adding a sentence to `problems` for each thing that is wrong."""
    table = parse_toml(content, "lab.toml", problems)
    if table is None:
        return None
    reader = TableReader(table, "lab.toml", problems)
    stacks = _read_stacks(reader)
    services = _read_services(reader, stacks)
    manifest = Manifest(
        slug=reader.read_slug("slug"),
        title=reader.read_text("title", "the name that learners see"),
        summary=reader.read_text("summary", "one sentence on what is built"),
        objectives=reader.read_texts("objectives"),
        difficulty=reader.read_choice("difficulty", DIFFICULTIES),
        minutes=reader.read_integer("minutes", 1, LONGEST_MINUTES),
        stacks=stacks,
        services=services,
        entries=_read_entries(reader, stacks),
        limits=_read_limits(reader.read_table("limits")),
        tasks=_read_tasks(reader),
        starter_fails=_read_starter(reader.read_table("starter")),
    )
    reader.refuse_others()
    return manifest


def _read_stacks(reader: TableReader) -> tuple[str, ...]:
    stacks = reader.read_texts("stacks")
    for stack in stacks:
        if not is_slug(stack):
            reader.complain(f"`stacks` names {stack!r}, which cannot be a stack's name.")
    return tuple(stack for stack in stacks if is_slug(stack))


def _read_services(reader: TableReader, stacks: tuple[str, ...]) -> tuple[str, ...]:
    services = reader.read_texts("services", may_be_empty=True)
    for service in services:
        if service not in SERVICES:
            reader.complain(
                f"`services` names {service!r}, which this version cannot start for a lab."
                " Remove it, or use a version that has it."
            )
    for stack in stacks:
        needed = FILES_ONLY.get(stack)
        if needed is not None and needed not in services:
            reader.complain(
                f"the stack {stack!r} runs in {needed}, which `services` does not name. Add it."
            )
    return tuple(service for service in services if service in SERVICES)


def _read_entries(reader: TableReader, stacks: tuple[str, ...]) -> dict[str, Entry]:
    table = reader.read_table("entry")
    entries = {
        stack: Entry() if stack in FILES_ONLY else _read_entry(table.read_table(stack))
        for stack in stacks
    }
    table.refuse_others()
    return entries


def _read_entry(reader: TableReader) -> Entry:
    program = reader.read_texts("program", may_be_empty=True)
    service = reader.read_texts("service", may_be_empty=True)
    module = reader.read("module")
    if module is not None and (not isinstance(module, str) or find_path_problem(module)):
        reader.complain(f"`module` is {module!r}. Name the file whose functions are called.")
        module = None
    if not program and module is None and not service:
        reader.complain(
            "there is no `program`, `module` or `service`, so no check could reach the code."
            " Give at least one."
        )
    reader.refuse_others()
    return Entry(program=program, module=module, service=service)


def _read_limits(reader: TableReader) -> Limits:
    chosen: dict[str, Any] = {}
    for field in fields(Limits):
        value = reader.read(field.name)
        if value is None:
            continue
        ceiling = CEILINGS[field.name]
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        whole = field.name.endswith("_seconds") or isinstance(value, int)
        if is_number and whole and 0 < value <= ceiling:
            chosen[field.name] = value
        else:
            reader.complain(
                f"`{field.name}` is {value!r}. Give a number above 0 and at most {ceiling}."
            )
    reader.refuse_others()
    return Limits(**chosen)


def _read_tasks(reader: TableReader) -> tuple[Task, ...]:
    tasks: list[Task] = []
    for table in reader.read_tables("tasks"):
        task = Task(
            slug=table.read_slug("slug"),
            title=table.read_text("title", "the name of this part of the work"),
            sentence=table.read_text("sentence", "what is done when this task is done"),
        )
        table.refuse_others()
        if task.slug and any(task.slug == earlier.slug for earlier in tasks):
            table.complain(f"the task {task.slug!r} exists already. Give each task its own slug.")
        tasks.append(task)
    if not tasks:
        reader.complain("there is no task. Add at least one, beginning with [[tasks]].")
    return tuple(tasks)


def _read_starter(reader: TableReader) -> tuple[str, ...] | None:
    if reader.table.get("fails", "all") == "all":
        reader.read("fails")
        reader.refuse_others()
        return None
    names = reader.read_texts("fails")
    reader.refuse_others()
    return names


def render_learner_manifest(lab: Lab) -> bytes:
    """Write `lab.toml` anew for learners, without what only verification needs."""
    lines = [
        f"slug = {_quote(lab.slug)}",
        f"title = {_quote(lab.title)}",
        f"summary = {_quote(lab.summary)}",
        f"objectives = {_quote_all(lab.objectives)}",
        f"difficulty = {_quote(lab.difficulty)}",
        f"minutes = {lab.minutes}",
        f"stacks = {_quote_all(lab.stacks)}",
        f"services = {_quote_all(lab.services)}",
        "",
        "[limits]",
        *(f"{field.name} = {getattr(lab.limits, field.name)}" for field in fields(Limits)),
    ]
    for stack, entry in lab.entries.items():
        if stack in FILES_ONLY:
            continue
        lines += ["", f"[entry.{stack}]", f"program = {_quote_all(entry.program)}"]
        if entry.module is not None:
            lines.append(f"module = {_quote(entry.module)}")
        if entry.service:
            lines.append(f"service = {_quote_all(entry.service)}")
    for task in lab.tasks:
        lines += ["", "[[tasks]]", f"slug = {_quote(task.slug)}", f"title = {_quote(task.title)}"]
        lines.append(f"sentence = {_quote(task.sentence)}")
    return ("\n".join(lines) + "\n").encode()


def _quote(text: str) -> str:
    # A JSON string is a TOML basic string, but for the one control code that JSON leaves bare.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _quote_all(texts: tuple[str, ...]) -> str:
    return "[" + ", ".join(_quote(text) for text in texts) + "]"
