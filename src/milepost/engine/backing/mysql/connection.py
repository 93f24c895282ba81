"""Connections of a check to its MariaDB, and what the numbers of its errors mean.

Everything goes through the descriptor of the socket that the engine gave: no path leads there.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pymysql
from pymysql.constants import CLIENT
from pymysql.cursors import Cursor, SSCursor

from milepost.engine.backing.messages import Login
from milepost.engine.backing.mysql.messages import DATABASE

if TYPE_CHECKING:
    _Base = pymysql.connections.Connection[Cursor]
else:
    _Base = pymysql.connections.Connection

TOO_MANY_CONNECTIONS = frozenset({1040, 1203, 1226})
# Out of room: in the tables, in a file, on the disk; out of memory.
FULL = frozenset({1021, 1114, 1026})
OUT_OF_MEMORY = frozenset({1037, 1038, 1041, 5})
TIMED_OUT = frozenset({1205, 1969, 3024})
READ_ONLY = 1792
ACCESS_DENIED = frozenset({1044, 1045, 1698, 4151})
# A constraint or a trigger says no, or a value is none of the column's.
REFUSALS = frozenset(
    {1048, 1062, 1216, 1217, 1263, 1264, 1265, 1292, 1364, 1366, 1369, 1406, 1451, 1452, 1526}
    | {1557, 1586, 1644, 1761, 1762, 1906, 3819, 4025, 4078}
)
# Of names that nothing has, and of what is no SQL: such a statement never ran.
NOT_UNDERSTOOD = frozenset({1054, 1060, 1061, 1064, 1091, 1109, 1128, 1146, 1149, 1305, 1327, 1582})
_LOST = frozenset({0, 1053, 1080, 1158, 1159, 1160, 1161, 1317, 1927, 2002, 2003, 2006, 2013, 2014})
_CONNECT_SECONDS = 30
_MARGIN_SECONDS = 5
_IN_TRANSACTION = 1  # of the flags that the protocol sends with each result


class Connection(_Base):
    """A connection that runs statements by itself too, as one to PostgreSQL does."""

    server_thread_id: tuple[int]
    server_status: int

    def execute(self, sql: str, parameters: Sequence[Any] | None = None) -> Cursor:
        """Run a statement in a new cursor."""
        cursor = self.cursor()
        cursor.execute(sql, parameters)
        return cursor

    @property
    def session(self) -> str:
        """The number that the server has for this session, as its log writes it."""
        return str(self.server_thread_id[0])

    @property
    def is_in_transaction(self) -> bool:
        """Whether a transaction was begun and has not ended."""
        return bool(self.server_status & _IN_TRANSACTION)


def connect(place: int, login: Login, *, seconds: float) -> Connection:
    """Connect through the descriptor of a socket, for statements that take no longer than that."""
    return _open(
        place,
        login,
        read_timeout=seconds + _MARGIN_SECONDS,
        client_flag=CLIENT.FOUND_ROWS,  # an UPDATE to what stands there already has found its row
        init_command=f"SET SESSION max_statement_time = {seconds:g}",
    )


def connect_to_read_on(place: int, login: Login, *, seconds: float) -> Connection:
    """Connect so that rows are read as they are asked for, and waited for so long."""
    return _open(place, login, read_timeout=seconds, cursorclass=SSCursor)


def _open(place: int, login: Login, **more: Any) -> Connection:
    return Connection(
        unix_socket=f"/proc/self/fd/{place}",
        user=login.role,
        password=login.password,
        database=DATABASE,
        charset="utf8mb4",
        autocommit=True,
        connect_timeout=_CONNECT_SECONDS,
        **more,
    )


def number_of(error: Exception) -> int:
    """Return the number of an error, 0 where it has none."""
    return error.args[0] if error.args and isinstance(error.args[0], int) else 0


def message_of(error: Exception) -> str:
    """Return what the server said."""
    return str(error.args[-1]) if error.args else str(error)


def is_lost(error: Exception) -> bool:
    """Tell whether an error says that the session is gone, and not that a statement is refused."""
    return isinstance(error, pymysql.err.Error) and number_of(error) in _LOST
