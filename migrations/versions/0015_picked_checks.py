"""A try may run some of the visible checks alone.

PostgreSQL adds a column with a constant default without rewriting the table.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column(
        "submissions",
        sa.Column("picked_checks", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
    )
