"""The known wrong answers of a lab's version, which those who passed it are walked through.

A column that may stay empty, so a process of the version before runs on beside it; publishing
fills it.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column(
        "lab_solutions",
        sa.Column("flaws", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    )
