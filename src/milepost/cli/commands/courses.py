"""`milepost courses` and `milepost course`: the suggested courses, and how far one is with each.

A course is named by its skill, since every skill suggests one.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from milepost.cli.output.console import make_console, plain, print_json, say
from milepost.cli.output.problems import fail_used_wrongly
from milepost.cli.output.suggestions import suggest
from milepost.cli.workspace.connection import connect
from milepost.client import Course

app = typer.Typer(rich_markup_mode=None)
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")]


class Move(StrEnum):
    """What can be done with a course."""

    PLAN = "plan"
    START = "start"
    FINISH = "finish"
    FORGET = "forget"


_STATES = {
    Move.PLAN: "planned",
    Move.START: "started",
    Move.FINISH: "finished",
    Move.FORGET: "none",
}


@app.callback(invoke_without_command=True)
def courses(context: typer.Context) -> None:
    """List the courses that are suggested with the skills."""
    if context.invoked_subcommand is None:
        list_courses()


@app.command("list")
def list_courses(as_json: AsJson = False) -> None:
    """List the suggested courses, and how far you are with each."""
    with connect() as client:
        found = client.list_courses()
    if as_json:
        print_json([course.model_dump(mode="json") for course in found])
        return
    console = make_console()
    for course in found:
        _print_course(console, course)
    if found:
        console.print()
        say(console, f"Say where you are: `milepost course {found[0].skill} start`.")


def course(
    skill: Annotated[str, typer.Argument(help="The skill whose course it is.")],
    move: Annotated[Move, typer.Argument(help="What you do with it.")],
    path: Annotated[
        str | None, typer.Option(help="The path, where several have a skill of this name.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Plan, start, finish or forget the course of a skill."""
    with connect() as client:
        found = _find(client.list_courses(), skill, path)
        moved = client.set_course_state(path=found.path, skill=found.skill, state=_STATES[move])
    if as_json:
        print_json(moved.model_dump(mode="json"))
        return
    _print_course(make_console(), moved)


def _find(courses: list[Course], skill: str, path: str | None) -> Course:
    named = [course for course in courses if course.skill == skill and path in {None, course.path}]
    if len(named) > 1:
        paths = " or ".join(course.path for course in named)
        fail_used_wrongly(f"Several paths have a skill {skill}.", f"Add --path with {paths}.")
    if not named:
        skills = [course.skill for course in courses]
        fail_used_wrongly(f"There is no course for {skill!a}.", suggest(skill, skills))
    return named[0]


def _print_course(console: Console, course: Course) -> None:
    console.print(Text.assemble((course.skill, "bold"), "  ", plain(course.title)))
    facts = [f"by {plain(course.provider)}", _say_state(course)]
    if course.url:
        facts.append(plain(course.url))
    console.print(Padding(Text(", ".join(facts), style="dim"), (0, 0, 0, 2)))


def _say_state(course: Course) -> str:
    dates = {
        "planned": course.planned_at,
        "started": course.started_at,
        "finished": course.finished_at,
    }
    moment = dates.get(course.state)
    if moment is None:
        return "not planned"
    return f"{course.state} on {_day(moment)}"


def _day(moment: datetime) -> str:
    return f"{moment.astimezone():%d %B %Y}"
