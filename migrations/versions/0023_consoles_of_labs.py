"""Runs of examples may name a lab's version, in whose database their statements are run.

Columns that may stay empty, so a process of the version before runs on beside it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

RUNS = "example_runs"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")  # the key to versions locks them
    op.add_column(RUNS, sa.Column("lab_version_id", sa.Uuid(), nullable=True))
    op.add_column(RUNS, sa.Column("stack", sa.String(), nullable=True))
    op.add_column(
        RUNS, sa.Column("shows_plan", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.create_foreign_key(
        op.f("fk_example_runs_lab_version_id_lab_versions"),
        RUNS,
        "lab_versions",
        ["lab_version_id"],
        ["id"],
        ondelete="CASCADE",
    )
    op.create_check_constraint(
        op.f("ck_example_runs_stack_iff_lab"), RUNS, "(lab_version_id IS NULL) = (stack IS NULL)"
    )
    op.create_index(op.f("ix_example_runs_lab_version_id"), RUNS, ["lab_version_id"])
