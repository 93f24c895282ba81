"""The queue: Procrastinate's own tables, functions and triggers, as its release ships them.

A later release's changes come as a migration of their own, from its `sql/migrations`.
"""

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Through the driver itself: the script holds percent signs and no parameters.
    with op.get_bind().connection.cursor() as cursor:
        cursor.execute(SchemaManager.get_schema())
