"""Objectives that a drill practised are kept, each with its first grading.

A new table only, so a process of the version before runs on beside it. What a drill practises
stands apart from what a lab proves in a version's manifest: an older worker proves nothing by it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

TABLE = "objective_practices"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    parents = {
        "learner": ("users", "CASCADE"),
        "objective": ("objectives", "RESTRICT"),
        "grading": ("gradings", "RESTRICT"),
    }
    op.create_table(
        TABLE,
        *(sa.Column(f"{name}_id", sa.Uuid(), nullable=False) for name in parents),
        sa.Column("practised_at", sa.DateTime(timezone=True), nullable=False),
        *(
            sa.ForeignKeyConstraint(
                [f"{name}_id"],
                [f"{table}.id"],
                name=op.f(f"fk_{TABLE}_{name}_id_{table}"),
                ondelete=on_delete,
            )
            for name, (table, on_delete) in parents.items()
        ),
        sa.PrimaryKeyConstraint("learner_id", "objective_id", name=op.f(f"pk_{TABLE}")),
    )
    for column in ("objective_id", "grading_id"):
        op.create_index(op.f(f"ix_{TABLE}_{column}"), TABLE, [column])
