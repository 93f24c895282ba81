"""Gradings are found by when they ended, for the figures of the last minutes."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_gradings_graded_at", "gradings", ["graded_at"])
