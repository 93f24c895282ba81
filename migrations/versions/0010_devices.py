"""Where a terminal that asks to be let in asks from, for the person to judge.

An addition with a default, so a process of the version before runs on beside it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "device_authorizations",
        sa.Column("client_address", sa.String(), server_default="", nullable=False),
    )
