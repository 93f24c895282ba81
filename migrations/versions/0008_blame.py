"""Whose fault a broken check is: solutions for workers, doubts, and answers that were not read.

Additions only, so a process of the version before runs on beside it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("gradings", sa.Column("doubted_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "lab_solutions",
        sa.Column("lab_version_id", sa.Uuid(), nullable=False),
        sa.Column("package", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("lab_version_id", name=op.f("pk_lab_solutions")),
        sa.ForeignKeyConstraint(
            ["lab_version_id"],
            ["lab_versions.id"],
            name=op.f("fk_lab_solutions_lab_version_id_lab_versions"),
            ondelete="CASCADE",
        ),
    )
    op.create_table(
        "unread_answers",
        sa.Column("lab_version_id", sa.Uuid(), nullable=False),
        sa.Column("check_name", sa.String(), nullable=False),
        sa.Column("stack", sa.String(), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("lab_version_id", "check_name", name=op.f("pk_unread_answers")),
        sa.ForeignKeyConstraint(
            ["lab_version_id"],
            ["lab_versions.id"],
            name=op.f("fk_unread_answers_lab_version_id_lab_versions"),
            ondelete="CASCADE",
        ),
    )
