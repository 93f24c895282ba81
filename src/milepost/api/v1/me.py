"""The person who asks, and their track.

Which tracks exist is told by `paths`.
"""

from fastapi import APIRouter

from milepost.accounts import queries
from milepost.accounts.types import Track
from milepost.api.v1.schemas.me import ChooseTrack, MeOut
from milepost.catalog import queries as catalog
from milepost.catalog.errors import TrackUnknown
from milepost.http.dependencies import CurrentLearner, SessionDep
from milepost.http.problems import problems
from milepost.progress import service as progress

router = APIRouter(prefix="/me", tags=["me"])


@router.get("")
async def show_me(actor: CurrentLearner) -> MeOut:
    """Show who is signed in, and the track they chose."""
    return MeOut.model_validate(actor)


@router.put("/track", responses=problems(TrackUnknown))
async def choose_track(body: ChooseTrack, session: SessionDep, actor: CurrentLearner) -> MeOut:
    """Choose a language and a framework, or change them. What is proven stays proven."""
    track = Track(language=body.language, framework=body.framework)
    await catalog.require_track(session, track)
    await progress.choose_track(session, actor, track=track)
    return MeOut.model_validate(await queries.get_actor(session, actor.id))
