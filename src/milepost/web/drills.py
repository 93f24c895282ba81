"""A drill as pages show it: in its lesson, like a figure in a book, and on a page of its own.

Running one goes through the JSON API, as a submission, and the page's script follows the verdict.
Invariant: both pages hold the same editor, begin with the same draft and say the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from milepost.accounts.types import Actor
from milepost.catalog.types import LabDetail
from milepost.progress.types import ObjectiveView, SkillView
from milepost.submissions import queries as submissions
from milepost.submissions.policy import LARGEST_FILE_BYTES
from milepost.web.lab_work import find_opened, load_work
from milepost.web.rendering.languages import list_editor_languages
from milepost.web.rendering.markdown import render_markdown
from milepost.web.source import find_source_address
from milepost.web.track_titles import choose_stack


@dataclass(frozen=True, slots=True)
class Drill:
    """A drill, ready to be drawn: `data` is what its script reads, for every stack at once."""

    lab: LabDetail
    objective_title: str
    brief: Markup
    stack: str
    stacks: tuple[str, ...]  # the one that is shown comes first
    starter: Mapping[str, str]
    data: dict[str, Any]
    has_answers: bool  # it was passed, so its page of answers is open


async def load_drill(
    request: Request,
    session: AsyncSession,
    actor: Actor,
    lab: LabDetail,
    *,
    stack: str | None = None,
    submission: UUID | None = None,
    check: str | None = None,
) -> Drill:
    """Return a drill with what its learner has written in each of its stacks.

    It opens in the stack asked for, or the track's own; with `submission`, that one's files, and
    with `check` how its checks ended.
    """
    opened = await find_opened(session, actor, lab, submission, check)
    asked = opened.submission.stack if opened else stack
    own = await choose_stack(session, actor, lab.stacks, None)
    chosen = await choose_stack(session, actor, lab.stacks, asked)
    works = {
        name: await load_work(session, actor, lab, name, opened if name == asked else None)
        for name in lab.stacks
    }
    newest = await submissions.list_submissions(session, actor, lab=lab.slug, limit=1)
    return Drill(
        lab=lab,
        objective_title=lab.objectives[0][1],
        brief=render_markdown(lab.brief, find_source=find_source_address).body,
        stack=chosen,
        stacks=(own, *(name for name in lab.stacks if name != own)),
        starter=works[chosen].starter,
        has_answers=await submissions.has_answers(session, actor, lab.slug),
        data={
            "learner": str(actor.id),
            "lab": lab.slug,
            "stack": chosen,
            "version": lab.content_hash,
            "largestFile": LARGEST_FILE_BYTES,
            "nonce": request.state.csp_nonce,
            "languages": list_editor_languages(),
            "checks": len(lab.checks),
            "stacks": {name: work.to_data() for name, work in works.items()},
            "unfinished": {each.stack: str(each.id) for each in newest if each.verdict is None},
        },
    )


def find_practised(skill: SkillView, drill: str) -> ObjectiveView | None:
    """Return the objective of a skill that a drill practises, or None if that is no drill."""
    return next(
        (each for each in skill.objectives if each.drill is not None and each.drill.slug == drill),
        None,
    )
