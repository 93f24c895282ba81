"""Notes for authors: checks of a lab that could not read a learner's answer, though it counts.

The lab's own solution passed there, so the learner was told that the check failed. An author still
wants to know: such a check should say what is wrong with the value instead of breaking off.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from milepost.catalog.models import UnreadAnswer
from milepost.core.clock import utc_now
from milepost.engine import CheckResult


async def record_unread_answers(
    session: AsyncSession,
    version_id: UUID,
    checks: Sequence[CheckResult],
    *,
    stack: str,
    seed: int,
) -> None:
    """Note the checks of a version that broke; of each, the latest answer is kept, and a count."""
    for check in checks:
        note = {
            "stack": stack,
            "seed": seed,
            "message": check.message.replace("\0", ""),
            "detail": check.detail.replace("\0", ""),
            "seen_at": utc_now(),
        }
        await session.execute(
            insert(UnreadAnswer)
            .values(lab_version_id=version_id, check_name=check.name, times=1, **note)
            .on_conflict_do_update(
                index_elements=["lab_version_id", "check_name"],
                set_={**note, "times": UnreadAnswer.times + 1},
            )
        )
