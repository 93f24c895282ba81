"""Which hints a learner has opened, and on what they had handed in then.

A table of its own, so a process of the version before runs on beside it. A try is deleted after a
day; that a hint was opened on it stays known.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")  # the keys to learners, labs, submissions lock them
    op.create_table(
        "opened_hints",
        sa.Column("learner_id", sa.Uuid(), nullable=False),
        sa.Column("lab_id", sa.Uuid(), nullable=False),
        sa.Column("check_name", sa.String(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("step >= 1", name=op.f("ck_opened_hints_step_counts_from_one")),
        sa.ForeignKeyConstraint(
            ["learner_id"],
            ["users.id"],
            name=op.f("fk_opened_hints_learner_id_users"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["lab_id"], ["labs.id"], name=op.f("fk_opened_hints_lab_id_labs"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submissions.id"],
            name=op.f("fk_opened_hints_submission_id_submissions"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint(
            "learner_id", "lab_id", "check_name", "step", name=op.f("pk_opened_hints")
        ),
    )
    op.create_index(op.f("ix_opened_hints_lab_id"), "opened_hints", ["lab_id"])
    op.create_index(op.f("ix_opened_hints_submission_id"), "opened_hints", ["submission_id"])
