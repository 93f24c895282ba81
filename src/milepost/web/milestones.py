"""The road as pages draw it: for a learner, and for everybody who has not signed in yet.

Its geometry is `rendering.road`'s. Invariant: who is not signed in sees the road and links nowhere.
"""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from milepost.progress import queries
from milepost.progress.types import PathView, SkillView
from milepost.web.rendering.road import Road, draw_road


def draw_path(path: PathView) -> Road:
    """Draw a path's road, solid as far as it is walked; by what is proven where it is not."""
    return draw_road([_share_walked(skill) for skill in path.skills])


async def preview_road(session: AsyncSession) -> dict[str, Any]:
    """Return what a page needs to show the first path to a visitor; nothing where there is none."""
    path = await queries.find_preview(session)
    return {"path": path, "road": draw_path(path)} if path else {}


def _share_walked(skill: SkillView) -> float:
    if skill.standing.is_walked:
        return 1.0
    is_under_way = skill.is_start_here or skill.standing.is_placed
    return skill.standing.share if is_under_way else 0.0
