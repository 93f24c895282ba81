"""Runs migrations on the connection that `milepost.core.schema` hands over.

Every statement waits at most five seconds for a lock, so that a migration can't stop the site.
"""

from alembic import context
from sqlalchemy import Connection, create_engine, text

import milepost.accounts.models
import milepost.catalog.models
import milepost.core.attempts
import milepost.core.revisions
import milepost.examples.models
import milepost.progress.models
import milepost.submissions.models  # noqa: F401  the models register themselves
from milepost.core.config import get_settings
from milepost.core.database import Base, to_sqlalchemy_url


def include_name(name: str | None, kind: str, _parents: object) -> bool:
    """Leave the queue's own tables to the queue's own migration."""
    return not (kind == "table" and name is not None and name.startswith("procrastinate_"))


def migrate(connection: Connection) -> None:
    """Run what is missing, each migration in a transaction of its own.

    A connection that is in a transaction already is left in it: all of it is the caller's.
    """
    is_callers = connection.in_transaction()
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        include_name=include_name,
        transaction_per_migration=True,
        compare_server_default=True,
    )
    connection.execute(text("SET lock_timeout = '5s'"))
    if not is_callers:
        connection.commit()
    with context.begin_transaction():
        context.run_migrations()


handed_over = context.config.attributes.get("connection")
if handed_over is not None:
    migrate(handed_over)
else:
    engine = create_engine(to_sqlalchemy_url(get_settings().database_url or "postgresql:///"))
    with engine.connect() as own:
        migrate(own)
