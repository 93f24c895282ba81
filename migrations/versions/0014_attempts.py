"""How often something was tried, and how often a terminal that waits has asked.

Additions with defaults, so a process of the version before runs on beside it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "attempt_counts",
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("action", "subject", name=op.f("pk_attempt_counts")),
    )
    op.create_index(op.f("ix_attempt_counts_ends_at"), "attempt_counts", ["ends_at"])
    op.add_column(
        "device_authorizations",
        sa.Column("interval_seconds", sa.Integer(), server_default="2", nullable=False),
    )
    op.add_column(
        "device_authorizations", sa.Column("polled_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.create_index(
        op.f("ix_device_authorizations_expires_at"), "device_authorizations", ["expires_at"]
    )
