"""Drafts: what a learner is writing for a lab in one stack.

A table of its own, so a process of the version before runs on beside it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")  # the keys to learners and labs lock both
    op.create_table(
        "drafts",
        sa.Column("learner_id", sa.Uuid(), nullable=False),
        sa.Column("lab_id", sa.Uuid(), nullable=False),
        sa.Column("stack", sa.String(), nullable=False),
        sa.Column("revision", sa.Uuid(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["learner_id"],
            ["users.id"],
            name=op.f("fk_drafts_learner_id_users"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["lab_id"], ["labs.id"], name=op.f("fk_drafts_lab_id_labs"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("learner_id", "lab_id", "stack", name=op.f("pk_drafts")),
    )
    op.create_index(op.f("ix_drafts_lab_id"), "drafts", ["lab_id"], unique=False)
