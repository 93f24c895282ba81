"""The `mysql` component: a MariaDB of its own for each check, on a copy of the lab's data.

`host`, `templates`, `sandbox` and `program` are the engine's side, `fixture` and the rest the
check's. A server that dies without a limit having been reached is never the learner's fault.
"""

from milepost.engine.backing.contract import Component
from milepost.engine.limits import MEBIBYTE, Limit, Unit

BYTES = Limit(
    "mysql_bytes",  # what a check may add to its database, temporary tables and the log included
    default=128 * MEBIBYTE,
    ceiling=512 * MEBIBYTE,
    unit=Unit.MEBIBYTES,
    label="size of the database in MariaDB",
    sentence="It stored more than {amount} in the database and was stopped.",
)
CONNECTIONS = Limit(
    "mysql_connections",  # of learner code at once
    default=10,
    ceiling=40,
    unit=Unit.COUNT,
    label="connections to MariaDB",
    sentence="It opened more than {amount} connections to the database at once.",
)
COMPONENT = Component(
    name="mysql",
    fixtures=("mysql", "database", "sql"),
    plugin="milepost.engine.backing.mysql.fixture",
    host="milepost.engine.backing.mysql.host:MysqlHost",
    program="milepost.engine.backing.mysql.program:find_mariadb",
    limits=(BYTES, CONNECTIONS),
    address="DATABASE_URL",
    server="MariaDB",
    on_demand=True,  # no package index carries it: where nobody has installed it, all else works
)
