"""Figures of gradings and of the queue, for operators: counts and durations, nobody's names.

Read from the database at the moment of asking, so that any web server tells of all workers.
"""

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from milepost.core.fleet import TAKING_WORKERS

WINDOW_SECONDS = 300

_QUEUE = text("""
    SELECT job.queue_name, job.status::text, count(*),
        COALESCE(max(EXTRACT(EPOCH FROM now() - CASE job.status
            WHEN 'doing' THEN grading.started_at ELSE grading.queued_at END)), 0)::float
    FROM procrastinate_jobs AS job
    LEFT JOIN gradings AS grading ON grading.id = (job.args ->> 'grading_id')::uuid
    WHERE job.status IN ('todo', 'doing')
    GROUP BY 1, 2
""")
_SLOTS = text(
    f"SELECT coalesce(sum(slots), 0)::integer FROM ({TAKING_WORKERS}) AS taking"  # noqa: S608
)
_VERDICTS = text("""
    SELECT verdict, count(*) FROM gradings
    WHERE graded_at > now() - make_interval(secs => :window) GROUP BY 1
""")
_DURATIONS = text("""
    SELECT
        percentile_cont(ARRAY[0.5, 0.95, 1]) WITHIN GROUP (
            ORDER BY EXTRACT(EPOCH FROM started_at - queued_at)::float),
        percentile_cont(ARRAY[0.5, 0.95, 1]) WITHIN GROUP (
            ORDER BY EXTRACT(EPOCH FROM graded_at - started_at)::float)
    FROM gradings
    WHERE graded_at > now() - make_interval(secs => :window) AND started_at IS NOT NULL
""")


@dataclass(frozen=True, slots=True)
class QueueFigures:
    """How many jobs of one queue are in one state, and for how long the oldest has been there.

    What waits has been there since it was queued, what is done now since its attempt began.
    """

    queue: str
    state: str
    jobs: int
    oldest_seconds: float


@dataclass(frozen=True, slots=True)
class GradingFigures:
    """The queue now, and the gradings that ended in the last `WINDOW_SECONDS`.

    Waits and durations are the median, the 95th percentile and the longest; empty without any.
    """

    queues: tuple[QueueFigures, ...]
    slots: int
    verdicts: dict[str, int]
    waits: tuple[float, ...]
    durations: tuple[float, ...]


async def read_figures(session: AsyncSession) -> GradingFigures:
    """Return the figures as they are now."""
    window = {"window": WINDOW_SECONDS}
    queues = await session.execute(_QUEUE)
    slots: int = (await session.execute(_SLOTS)).scalar_one()
    verdicts = await session.execute(_VERDICTS, window)
    waits, durations = (await session.execute(_DURATIONS, window)).one()
    return GradingFigures(
        queues=tuple(QueueFigures(*row) for row in queues),
        slots=slots,
        verdicts={row[0]: row[1] for row in verdicts},
        waits=tuple(waits or ()),
        durations=tuple(durations or ()),
    )
