"""What must be there before a web server is sent requests: the database, its schema, content.

A look is one transaction that changes nothing. Invariant: what is not ready is named with what
makes it ready, and nothing of what is stored is told.
"""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from milepost.catalog.queries import list_paths
from milepost.core.database import Database
from milepost.core.schema import find_revision, find_schema_problem
from milepost.http.errors import NotReady

_IS_READ_ONLY = text(
    "SELECT pg_is_in_recovery() OR current_setting('transaction_read_only') = 'on'"
)


async def require_ready(database: Database) -> None:
    """Return if requests can be served; raise `NotReady` with the reasons if they can't."""
    async with database.transaction() as session:
        reasons = await _list_reasons(session)
    if reasons:
        raise NotReady(reasons)


async def _list_reasons(session: AsyncSession) -> list[str]:
    problem = find_schema_problem(await find_revision(session))
    if problem is not None:  # what is stored can't be asked for in a schema of another age
        return [problem.message]
    reasons = []
    if await session.scalar(_IS_READ_ONLY):
        reasons.append(
            "The database takes no changes: it is read-only. Name the primary server in "
            "MILEPOST_DATABASE_URL."
        )
    if not await list_paths(session):
        reasons.append("No path is published. `milepost up` loads the content once.")
    return reasons
