"""The search page: everything that was found, by kind, with or without scripts.

How a search is read and ranked is the domain's; the palette of every page asks the API. Invariant:
what was typed stands in the field again, whatever became of it.
"""

from dataclasses import dataclass

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse

from milepost.http.dependencies import CurrentLearner, SessionDep
from milepost.search import queries
from milepost.search.policy import find_problem, read_search
from milepost.search.types import EntryKind, Result, Results
from milepost.web.page import render_page
from milepost.web.rendering.found_kinds import FOUND_KINDS, FoundKind

router = APIRouter(prefix="/search")

OF_EACH_KIND = 5
OF_ONE_KIND = 50


@dataclass(frozen=True, slots=True)
class ResultGroup:
    """The results of one kind, and how many there are beyond those that are shown."""

    kind: FoundKind
    results: tuple[Result, ...]
    total: int

    @property
    def more(self) -> int:
        """How many are not shown."""
        return self.total - len(self.results)


@router.get("")
async def show_search(
    request: Request, session: SessionDep, actor: CurrentLearner, q: str = "", kind: str = ""
) -> HTMLResponse:
    """Show what has the words of `q`, or what can be searched if there are none."""
    asked = q.strip()
    problem = find_problem(asked) or _find_kind_problem(kind)
    found = Results()
    if asked and problem is None:
        found = await queries.find_results(
            session,
            actor.track,
            text=asked,
            kind=EntryKind(kind) if kind else None,
            limit=OF_ONE_KIND,
            of_a_kind=OF_ONE_KIND if kind else OF_EACH_KIND,
        )
    return render_page(
        request,
        "search/show_search.html",
        actor=actor,
        status_code=422 if problem else 200,
        asked=asked,
        problem=problem,
        has_words=read_search(asked) is not None,
        only=FOUND_KINDS[EntryKind(kind)] if kind and problem is None else None,
        found=found,
        groups=_group(found),
        kinds=FOUND_KINDS.values(),
    )


def _find_kind_problem(kind: str) -> str | None:
    if not kind or kind in list(EntryKind):
        return None
    return "There is no such kind of results. Search again, and choose one from what is found."


def _group(found: Results) -> list[ResultGroup]:
    """Group results by kind; the kind of the closest comes first."""
    totals = dict(found.totals)
    kinds = dict.fromkeys(result.kind for result in found.items)
    return [
        ResultGroup(
            kind=FOUND_KINDS[kind],
            results=tuple(result for result in found.items if result.kind is kind),
            total=totals[kind],
        )
        for kind in kinds
    ]
