"""The database's schema: bringing it to the newest migration, and refusing one from the future.

Migrations live in `migrations/` and run one process at a time, behind an advisory lock.
"""

from pathlib import Path
from typing import ClassVar

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text

from milepost.core.database import to_sqlalchemy_url
from milepost.core.errors import ConflictError

_MIGRATIONS = Path(__file__).parents[3] / "migrations"
_MIGRATION_LOCK = 6_417_000


class SchemaIsNewer(ConflictError):
    """The database was migrated by a newer Milepost than this one."""

    code: ClassVar[str] = "schema_is_newer"

    def __init__(self, revision: str) -> None:
        super().__init__(
            f"The database was last used by a newer Milepost (its schema is {revision}, which this "
            "checkout does not know). Nothing was changed. Update this checkout, or use another "
            "data folder.",
            revision=revision,
        )


def upgrade_schema(database_url: str) -> None:
    """Bring the database to the newest migration; raise `SchemaIsNewer` if it is beyond that."""
    config = _config()
    engine = create_engine(to_sqlalchemy_url(database_url), connect_args={"connect_timeout": 5})
    try:
        with engine.connect() as connection:
            connection.execute(text(f"SELECT pg_advisory_lock({_MIGRATION_LOCK})"))
            connection.commit()
            known = {
                script.revision for script in ScriptDirectory.from_config(config).walk_revisions()
            }
            current = MigrationContext.configure(connection).get_current_revision()
            connection.rollback()
            if current is not None and current not in known:
                raise SchemaIsNewer(current)
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    finally:
        engine.dispose()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    return config
