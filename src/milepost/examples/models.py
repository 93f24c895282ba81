"""The table of runs of examples. Its rows live for some minutes and then go.

Nothing refers to them.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, false
from sqlalchemy.orm import Mapped, mapped_column

from milepost.core.database import Base


class ExampleRun(Base):
    """One run that a learner asked for. `before` runs first, and its output is not shown.

    With a version of a lab, the code is run in its database, in the stack that is named.
    """

    __tablename__ = "example_runs"
    __table_args__ = (
        CheckConstraint("(ended_at IS NULL) = (result IS NULL)", name="ended_iff_result"),
        CheckConstraint("(lab_version_id IS NULL) = (stack IS NULL)", name="stack_iff_lab"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    learner_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    language: Mapped[str]
    code: Mapped[str]
    before: Mapped[str]
    lab_version_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("lab_versions.id", ondelete="CASCADE"), index=True
    )
    stack: Mapped[str | None]
    shows_plan: Mapped[bool] = mapped_column(server_default=false())
    attempt: Mapped[int]  # how often a worker has begun it
    expires_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]
    result: Mapped[dict[str, Any] | None]
