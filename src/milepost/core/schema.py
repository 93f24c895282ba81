"""The database's schema: bringing it to the newest migration, and comparing it with our own.

Migrations live in `migrations/` and run one process at a time, behind an advisory lock. Nothing
else here changes a database.
"""

from functools import cache
from pathlib import Path
from typing import ClassVar

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.ext.asyncio import AsyncSession

from milepost.core.database import to_sqlalchemy_url
from milepost.core.errors import ConflictError

MIGRATIONS = Path(__file__).parents[3] / "migrations"
_MIGRATION_LOCK = 6_417_000


class SchemaIsNewer(ConflictError):
    """The database was migrated by a newer Milepost than this one."""

    code: ClassVar[str] = "schema_is_newer"

    def __init__(self, revision: str) -> None:
        super().__init__(
            f"The database was last used by a newer Milepost: its schema is {revision}, which this "
            f"one ({get_newest_revision()}) does not know. Nothing was changed. Update this "
            "Milepost, or use another database or data folder.",
            revision=revision,
        )


class SchemaIsOlder(ConflictError):
    """The database lacks migrations that this Milepost needs."""

    code: ClassVar[str] = "schema_is_older"

    def __init__(self, revision: str | None) -> None:
        state = "has no schema yet" if revision is None else f"has the older schema {revision}"
        super().__init__(
            f"The database {state}, and this Milepost needs {get_newest_revision()}. Nothing was "
            "changed. Stop every older Milepost that uses this database, then run "
            "`milepost migrate`; `milepost up` does it by itself.",
            revision=revision,
        )


def upgrade_schema(database_url: str) -> str | None:
    """Bring the database to the newest migration, and return the revision that it had.

    Raises `SchemaIsNewer` if it is beyond that.
    """
    config = _config()
    engine = create_engine(to_sqlalchemy_url(database_url), connect_args={"connect_timeout": 5})
    try:
        with engine.connect() as connection:
            connection.execute(text(f"SELECT pg_advisory_lock({_MIGRATION_LOCK})"))
            connection.commit()
            found = MigrationContext.configure(connection).get_current_revision()
            connection.rollback()
            problem = find_schema_problem(found)
            if isinstance(problem, SchemaIsNewer):
                raise problem
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            return found
    finally:
        engine.dispose()


def run_migrations(connection: Connection, revision: str) -> None:
    """Run what is missing up to `revision` (or `head`) inside the connection's transaction."""
    connection.execute(text(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})"))
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def read_revision(database_url: str) -> str | None:
    """Return the revision of a database's schema, or None where it has none."""
    engine = create_engine(to_sqlalchemy_url(database_url), connect_args={"connect_timeout": 5})
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()


async def find_revision(session: AsyncSession) -> str | None:
    """Return the revision of the schema that a session sees, or None where it has none."""
    if await session.scalar(text("SELECT to_regclass('alembic_version')")) is None:
        return None
    revision: str | None = await session.scalar(text("SELECT version_num FROM alembic_version"))
    return revision


def find_schema_problem(found: str | None) -> SchemaIsNewer | SchemaIsOlder | None:
    """Compare the revision that a database has with this Milepost's; None if they are the same."""
    if found == get_newest_revision():
        return None
    if found is None or found in _known_revisions():
        return SchemaIsOlder(found)
    return SchemaIsNewer(found)


def require_current_schema(database_url: str) -> None:
    """Raise `SchemaIsOlder` or `SchemaIsNewer` unless the database has this Milepost's schema."""
    problem = find_schema_problem(read_revision(database_url))
    if problem is not None:
        raise problem


def get_newest_revision() -> str:
    """Return the revision of the schema that this Milepost works with."""
    return _known_revisions()[0]


@cache
def _known_revisions() -> tuple[str, ...]:
    """Every revision that this Milepost knows, the newest first."""
    scripts = ScriptDirectory.from_config(_config())
    return tuple(script.revision for script in scripts.walk_revisions())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config
