"""The queue's sending half: a job is a row that is written in the caller's own transaction.

A payload is declared by the package that enqueues it; its handler lives with the worker.
If the caller rolls back, there is no job: both or neither.
"""

from typing import ClassVar

import procrastinate
from pydantic import BaseModel, ConfigDict
from sqlalchemy.ext.asyncio import AsyncSession

from milepost.core.database import driver_connection


class Payload(BaseModel):
    """What a task is told: ids, never objects. `task` names it for good."""

    model_config = ConfigDict(frozen=True)

    task: ClassVar[str]
    queue: ClassVar[str] = "default"


# Only rows are written here, and always through the caller's connection, so this app's own
# connector is never opened.
_deferrer = procrastinate.App(connector=procrastinate.PsycopgConnector())


async def enqueue(session: AsyncSession, payload: Payload) -> None:
    """Add a job to the transaction of `session`."""
    connection = await driver_connection(session)
    deferrer = _deferrer.configure_task(
        payload.task,
        allow_unknown=True,
        queue=payload.queue,
        connection=connection,
    )
    await deferrer.defer_async(**payload.model_dump(mode="json"))
