"""Searching: lessons, drills, labs, objectives, skills, errors and Milepost's own source.

How a search is read and ranked is the domain's. An excerpt comes in pieces, never as HTML.
"""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import StringConstraints

from milepost.api.v1.schemas.search import SearchOut
from milepost.http.dependencies import CurrentLearner, SessionDep
from milepost.search import queries
from milepost.search.policy import CONTROL_CHARACTERS, MOST_CHARACTERS
from milepost.search.types import EntryKind

router = APIRouter(prefix="/search", tags=["search"])

Words = Annotated[
    str,
    StringConstraints(
        min_length=1, max_length=MOST_CHARACTERS, pattern=rf"^[^{CONTROL_CHARACTERS}]*$"
    ),
    Query(
        description='What to find. `"in quotes"` is found word for word, `-word` leaves out what '
        "has the word, and `or` takes either side. Without these, the last word may be unfinished.",
        openapi_examples={"shipped": {"value": "idempotency"}},
    ),
]
OfKind = Annotated[EntryKind | None, Query(description="Only results of this kind.")]
Most = Annotated[int, Query(ge=1, le=50, description="How many to return at most.")]


@router.get("")
async def search(
    q: Words, session: SessionDep, actor: CurrentLearner, kind: OfKind = None, limit: Most = 20
) -> SearchOut:
    """Find what has these words, the closest first, and what is for the learner's track before.

    A word counts most in a title, less in a heading and least in a text. Where nothing has all
    words, the results are what has some, and `has_all_words` is false.
    """
    found = await queries.find_results(session, actor.track, text=q, kind=kind, limit=limit)
    return SearchOut.of(found)
