"""The `postgres` component: a database for each check that asks, cloned from the lab's template.

One PostgreSQL, apart from the platform's own, serves all runs of an engine: `host` and what it uses
down to `boot`, which runs in its sandbox. The rest is the check's side, from `fixture` on. A server
that is lost is never the learner's fault.
"""

from milepost.engine.backing.contract import Component
from milepost.engine.limits import MEBIBYTE, Limit, Unit

BYTES = Limit(
    "database_bytes",  # what a run may add to its database
    default=128 * MEBIBYTE,
    ceiling=512 * MEBIBYTE,
    unit=Unit.MEBIBYTES,
    label="size of the database",
    sentence="It stored more than {amount} in the database and was stopped.",
)
CONNECTIONS = Limit(
    "database_connections",  # sessions at once
    default=10,
    ceiling=40,
    unit=Unit.COUNT,
    label="connections to the database",
    sentence="It opened more than {amount} connections to the database at once.",
)
LOCKS = Limit(
    "database_locks",  # held at once, table locks and advisory ones alike
    default=5000,
    ceiling=20_000,
    unit=Unit.COUNT,
    label="locks in the database",
    sentence="It held more than {amount} locks in the database at once and was stopped.",
)
COMPONENT = Component(
    name="postgres",
    fixtures=("postgres", "database", "sql"),
    plugin="milepost.engine.backing.postgres.fixture",
    host="milepost.engine.backing.postgres.host:PostgresHost",
    program="milepost.engine.backing.postgres.program:find_server",
    limits=(BYTES, CONNECTIONS, LOCKS),
    address="DATABASE_URL",
    server="PostgreSQL",
)
