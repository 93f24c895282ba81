"""A skill may name a challenge; who passed it is kept as placed; spells of work are kept.

New tables and a column that may stay empty, so a process of the version before runs on beside it.
`placed_skills` begins empty: publishing fills it before it changes what a challenge is.
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

PLACED, SPELLS = "placed_skills", "work_spells"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("skills", sa.Column("challenge", sa.String(), nullable=True))
    op.create_table(
        PLACED,
        sa.Column("learner_id", sa.Uuid(), nullable=False),
        sa.Column("skill_id", sa.Uuid(), nullable=False),
        sa.Column("grading_id", sa.Uuid(), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        _references(PLACED, "learner_id", "users", "CASCADE"),
        _references(PLACED, "skill_id", "skills", "CASCADE"),
        _references(PLACED, "grading_id", "gradings", "RESTRICT"),
        sa.PrimaryKeyConstraint("learner_id", "skill_id", name=op.f(f"pk_{PLACED}")),
    )
    for column in ("skill_id", "grading_id"):
        op.create_index(op.f(f"ix_{PLACED}_{column}"), PLACED, [column])
    op.create_table(
        SPELLS,
        sa.Column("learner_id", sa.Uuid(), nullable=False),
        sa.Column("lab_id", sa.Uuid(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        _references(SPELLS, "learner_id", "users", "CASCADE"),
        _references(SPELLS, "lab_id", "labs", "CASCADE"),
        sa.CheckConstraint("last_at >= began_at", name=op.f(f"ck_{SPELLS}_ends_after_it_began")),
        sa.PrimaryKeyConstraint("learner_id", "lab_id", "began_at", name=op.f(f"pk_{SPELLS}")),
    )
    op.create_index(op.f(f"ix_{SPELLS}_lab_id"), SPELLS, ["lab_id"])


def _references(table: str, column: str, other: str, on_delete: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete=on_delete)
