"""What the page of a lab's answers shows: model answers beside one's own, and what goes wrong here.

Who may see it is decided in `submissions.queries.answers`, how lines are compared in
`rendering.file_differences`. Invariant: what is drawn here was handed out there, to this learner.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncSession

from milepost.accounts.types import Actor
from milepost.catalog.errors import LabNotFound
from milepost.labs import DRILL
from milepost.progress import queries as progress
from milepost.progress.types import ObjectiveView, PathView
from milepost.submissions.types import AnswersView, Mistake
from milepost.web.next_step import NextStep, find_next_step, find_step_after_drill
from milepost.web.rendering.file_differences import FileDifference, compare_files
from milepost.web.rendering.highlighting import highlight_lines
from milepost.web.rendering.plain_text import to_plain_text


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    """A model answer: where the learner's own differs, if they have one, and its files whole."""

    title: str
    differences: Sequence[FileDifference] | None
    files: Mapping[str, Sequence[Markup]]


@dataclass(frozen=True, slots=True)
class ShownMistake:
    """A known mistake, with what it changes in a model answer."""

    mistake: Mistake
    differences: Sequence[FileDifference]


@dataclass(frozen=True, slots=True)
class WayOn:
    """What passing has shown, and where to go on; neither for a lab that has left the path."""

    proves: Sequence[ObjectiveView] = ()
    next_step: NextStep | None = None
    is_published: bool = False


def show_solutions(answers: AnswersView) -> list[ShownAnswer]:
    """Return the model answers of the stack that is shown, each compared with the learner's."""
    return [
        ShownAnswer(
            title=_name(each.name, answers.stack),
            differences=None if answers.own is None else compare_files(answers.own, each.files),
            files={
                path: highlight_lines(to_plain_text(text.replace("\r\n", "\n")), path)
                for path, text in each.files.items()
            },
        )
        for each in answers.solutions
    ]


def show_mistakes(answers: AnswersView) -> list[ShownMistake]:
    """Return the known mistakes, each as what turns it into the model answer."""
    return [ShownMistake(each, compare_files(each.after, each.before)) for each in answers.mistakes]


async def find_way_on(session: AsyncSession, actor: Actor, answers: AnswersView) -> WayOn:
    """Return what passing has proven or practised, and one next step."""
    try:
        path, skill = await progress.find_lab(session, actor, answers.lab)
    except LabNotFound:
        return WayOn()
    is_drill = answers.lab_kind == DRILL
    step = (
        find_step_after_drill(path, answers.lab)
        if is_drill
        else find_next_step(path, skill.slug, answers.lab)
    )
    return WayOn(_list_shown(path, answers.lab, is_drill=is_drill), step, is_published=True)


def _list_shown(path: PathView, lab: str, *, is_drill: bool) -> list[ObjectiveView]:
    return [
        objective
        for skill in path.skills
        for objective in skill.objectives
        if (is_drill and objective.drill is not None and objective.drill.slug == lab)
        or (not is_drill and lab in objective.lab_slugs)
    ]


def _name(name: str, stack: str) -> str:
    """Name a model answer as a heading: by what its folder says beyond the stack."""
    said = name.removeprefix(stack).strip("-").replace("-", " ")
    return f"Another model answer: {said}" if said else "A model answer"
