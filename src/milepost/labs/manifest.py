"""Reads `lab.toml`, and writes the shorter one that goes to learners.

Tables in general live in `tables`, the checks in `checks_file`.
Nothing here looks at any other file of the lab.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from milepost.engine import Entry, GradingSpec, Limits
from milepost.engine.backing.registry import find_component, find_components, list_limits
from milepost.engine.stacks.descriptions import find_running_service
from milepost.labs.model import KINDS, LAB, Lab, Task
from milepost.labs.names import find_path_problem
from milepost.labs.stages import is_staged
from milepost.labs.tables import TableReader, is_slug, parse_toml

DIFFICULTIES = ("easy", "medium", "hard")
LONGEST_MINUTES = 600


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
    grading: GradingSpec
    tasks: tuple[Task, ...]
    starter_fails: tuple[str, ...] | None
    is_staged: bool
    kind: str = LAB
    shows_answers: bool = True


def read_manifest(content: bytes, problems: list[str]) -> Manifest | None:
    """Read `lab.toml`, adding a sentence to `problems` for each thing that is wrong."""
    table = parse_toml(content, "lab.toml", problems)
    if table is None:
        return None
    reader = TableReader(table, "lab.toml", problems)
    stacks = _read_stacks(reader)
    minutes = reader.read_integer("minutes", 1, LONGEST_MINUTES)
    tasks = _read_tasks(reader)
    manifest = Manifest(
        slug=reader.read_slug("slug"),
        title=reader.read_text("title", "the name that learners see"),
        summary=reader.read_text("summary", "one sentence on what is built"),
        objectives=reader.read_texts("objectives"),
        difficulty=reader.read_choice("difficulty", DIFFICULTIES),
        minutes=minutes,
        stacks=stacks,
        grading=_read_grading(reader, stacks),
        tasks=tasks,
        starter_fails=_read_starter(reader.read_table("starter")),
        is_staged=is_staged(minutes, len(tasks), said=reader.read_choice_of_two("stages")),
        kind=LAB if reader.read("kind") is None else reader.read_choice("kind", KINDS),
        shows_answers=reader.read_choice_of_two("show_answers") is not False,
    )
    reader.refuse_others()
    return manifest


def _read_stacks(reader: TableReader) -> tuple[str, ...]:
    stacks = reader.read_texts("stacks")
    for stack in stacks:
        if not is_slug(stack):
            reader.complain(f"`stacks` names {stack!r}, which cannot be a stack's name.")
    return tuple(stack for stack in stacks if is_slug(stack))


def _read_grading(reader: TableReader, stacks: tuple[str, ...]) -> GradingSpec:
    services = _read_services(reader, stacks)
    entries = _read_entries(reader, stacks)
    table = reader.read_table("limits")
    chosen = {stack: _read_chosen(table.read_table(stack)) for stack in stacks}
    limits = _read_limits(table, services)
    return GradingSpec(
        entries=entries,
        limits=limits,
        stack_limits={stack: found for stack, found in chosen.items() if found},
        services=services,
    )


def _read_services(reader: TableReader, stacks: tuple[str, ...]) -> tuple[str, ...]:
    services = reader.read_texts("services", may_be_empty=True)
    for service in services:
        if find_component(service) is None:
            reader.complain(
                f"`services` names {service!r}, which this version cannot start for a lab."
                " Remove it, or use a version that has it."
            )
    for stack in stacks:
        needed = find_running_service(stack)
        if needed and needed not in services:
            reader.complain(
                f"the stack {stack!r} runs in {needed}, which `services` does not name. Add it."
            )
    return tuple(service for service in services if find_component(service) is not None)


def _read_entries(reader: TableReader, stacks: tuple[str, ...]) -> dict[str, Entry]:
    table = reader.read_table("entry")
    entries = {
        stack: Entry() if find_running_service(stack) else _read_entry(table.read_table(stack))
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


def _read_limits(reader: TableReader, services: tuple[str, ...]) -> Limits:
    """Read what is chosen; what is not, of what the lab has, is kept as it is by default today."""
    components = find_components(services)
    defaults = {limit.name: limit.default for each in components for limit in each.limits}
    return Limits.read({**defaults, **_read_chosen(reader)})


def _read_chosen(reader: TableReader) -> dict[str, float]:
    chosen: dict[str, float] = {}
    for limit in list_limits():
        value = reader.read(limit.name)
        if limit.allows(value):
            chosen[limit.name] = value
        elif value is not None:
            reader.complain(
                f"`{limit.name}` is {value!r}. Give a number above 0 and at most {limit.ceiling}."
            )
    reader.refuse_others()
    return chosen


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
        *([f"kind = {_quote(lab.kind)}"] if lab.is_drill else []),
        f"title = {_quote(lab.title)}",
        f"summary = {_quote(lab.summary)}",
        f"objectives = {_quote_all(lab.objectives)}",
        f"difficulty = {_quote(lab.difficulty)}",
        f"minutes = {lab.minutes}",
        f"stacks = {_quote_all(lab.stacks)}",
        f"services = {_quote_all(lab.grading.services)}",
        *_render_stages(lab),
        "",
        "[limits]",
        *_render_limits(lab.grading.limits.to_document()),
    ]
    for stack, chosen in lab.grading.stack_limits.items():
        lines += ["", f"[limits.{stack}]", *_render_limits(chosen)]
    for stack, entry in lab.grading.entries.items():
        if find_running_service(stack):
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


def _render_stages(lab: Lab) -> list[str]:
    """Say what the minutes alone would not, so that older terminals read the other labs too."""
    is_usual = lab.is_staged == is_staged(lab.minutes, len(lab.tasks))
    return [] if is_usual else [f"stages = {str(lab.is_staged).lower()}"]


def _render_limits(limits: Mapping[str, float]) -> list[str]:
    return [f"{name} = {value}" for name, value in limits.items()]


def _quote(text: str) -> str:
    # A JSON string is a TOML basic string, but for the one control code that JSON leaves bare.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _quote_all(texts: tuple[str, ...]) -> str:
    return "[" + ", ".join(_quote(text) for text in texts) + "]"
