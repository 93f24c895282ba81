"""Walked skills are kept, so that labs which are added later do not undo them.

A new table only, so a process of the version before runs on beside it. It begins empty: publishing
fills it with what has been walked before it changes anything.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "walked_skills",
        sa.Column("learner_id", sa.Uuid(), nullable=False),
        sa.Column("skill_id", sa.Uuid(), nullable=False),
        sa.Column("walked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["learner_id"],
            ["users.id"],
            name=op.f("fk_walked_skills_learner_id_users"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["skill_id"],
            ["skills.id"],
            name=op.f("fk_walked_skills_skill_id_skills"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("learner_id", "skill_id", name=op.f("pk_walked_skills")),
    )
    op.create_index(op.f("ix_walked_skills_skill_id"), "walked_skills", ["skill_id"])
