"""Faults of ours: what interrupted a grading and when it is tried again; labs that are closed.

Columns are added with defaults that need no rewrite of the tables.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("gradings", sa.Column("faults", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("gradings", sa.Column("fault", sa.String(), nullable=True))
    op.add_column("gradings", sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("lab_versions", sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("lab_versions", sa.Column("closed_reason", sa.String(), nullable=True))
    op.create_check_constraint(
        op.f("ck_lab_versions_closed_iff_reason"),
        "lab_versions",
        "(closed_at IS NULL) = (closed_reason IS NULL)",
    )
    op.create_index(
        "ix_gradings_given_up",
        "gradings",
        ["graded_at"],
        postgresql_where=sa.text("verdict IN ('engine_failed', 'lab_broken')"),
    )
