"""A session with the labs' PostgreSQL, never waited for or read further than is allowed.

Used for what learners hand in: their statements run here as their role, and whatever PostgreSQL
answers is data. A session that ended is explained by the engine, which knows why.
"""

import select
import time
from collections.abc import Iterator

import psycopg
from psycopg import pq
from psycopg.adapt import Transformer

from milepost.engine.backing.postgres import BYTES
from milepost.engine.backing.postgres.loading import settle
from milepost.engine.checks.faults import GuestFault, LimitReached, QueryTimedOut
from milepost.engine.checks.rows import Row, Rows
from milepost.engine.checks.statements import Ran, Refusal
from milepost.engine.limits import Limits

_ROWS = (pq.ExecStatus.TUPLES_OK, pq.ExecStatus.SINGLE_TUPLE)
_ERRORS = (pq.ExecStatus.FATAL_ERROR, pq.ExecStatus.BAD_RESPONSE)
_COPIES = (pq.ExecStatus.COPY_OUT, pq.ExecStatus.COPY_BOTH)
_FIRST_ROWS = 5
_Field = pq.DiagnosticField
_LIMITS_BY_CODE = {
    "53200": "memory_bytes",
    "53100": BYTES.name,
    "53400": BYTES.name,  # too much in temporary files
}


class _TooLarge(Exception):
    """The results are larger than a check may read."""


class SessionEnded(Exception):
    """The session is gone."""


class LearnerSession:
    """One session as the learner's role."""

    def __init__(self, connection: psycopg.Connection[Row], limits: Limits) -> None:
        self._connection = connection
        self._limits = limits
        self._read_bytes = 0

    @property
    def is_in_transaction(self) -> bool:
        """Whether a transaction was begun and has not ended."""
        status = self._connection.pgconn.transaction_status
        return status in {pq.TransactionStatus.INTRANS, pq.TransactionStatus.INERROR}

    def run(self, statement: str, deadline: float, seconds: float, data: str = "") -> Ran:
        """Run one statement of those that have `seconds` together, until `deadline`.

        `data` is what a COPY FROM stdin copies. Raises QueryTimedOut, LimitReached or SessionEnded.
        """
        server = self._connection.pgconn
        try:
            # Bytes that are no UTF-8 go on as they are, so that PostgreSQL refuses them.
            server.send_query(statement.encode(errors="surrogateescape"))
            server.set_single_row_mode()
            self._flush(deadline, seconds)
            results = self._read_results(deadline, seconds, data.encode(errors="surrogateescape"))
            return self._collect(results)
        except psycopg.OperationalError as error:
            raise SessionEnded from error

    def close(self) -> None:
        """End the session; what it had not committed is gone."""
        self._connection.close()

    def _flush(self, deadline: float, seconds: float) -> None:
        while self._connection.pgconn.flush():
            self._wait(deadline, seconds, writing=True)

    def _copy_in(self, data: bytes, deadline: float, seconds: float) -> None:
        server = self._connection.pgconn
        while not server.put_copy_data(data):
            self._flush(deadline, seconds)
        while not server.put_copy_end():
            self._flush(deadline, seconds)
        self._flush(deadline, seconds)

    def _read_results(
        self, deadline: float, seconds: float, data: bytes
    ) -> Iterator[pq.abc.PGresult]:
        server = self._connection.pgconn
        while True:
            _require_time(deadline, seconds)
            while server.is_busy():
                self._wait(deadline, seconds)
                server.consume_input()
            result = server.get_result()
            if result is None:
                return
            if result.status == pq.ExecStatus.COPY_IN:
                self._copy_in(data, deadline, seconds)
                continue
            if result.status in _COPIES:
                raise CopyRefused
            yield result

    def _wait(self, deadline: float, seconds: float, *, writing: bool = False) -> None:
        # Something can be readable for ever, such as notices, so readiness alone ends nothing.
        _require_time(deadline, seconds)
        socket = [self._connection.pgconn.socket]
        left = max(deadline - time.monotonic(), 0)
        select.select(socket, socket if writing else [], [], left)

    def _load(self, result: pq.abc.PGresult) -> list[Row]:
        if result.status not in _ROWS or not result.ntuples:
            return []
        for row in range(result.ntuples):
            self._read_bytes += 1  # so that rows of nothing have an end too
            for column in range(result.nfields):
                self._read_bytes += len(result.get_value(row, column) or b"")
        if self._read_bytes > self._limits.output_bytes:
            raise _TooLarge
        loader = Transformer(self._connection)
        loader.set_pgresult(result)
        try:
            return [settle(row) for row in loader.load_rows(0, result.ntuples, tuple)]
        except Exception as error:  # JSON a thousand levels deep, ...
            raise ResultNotReadable(error) from error

    def _collect(self, results: Iterator[pq.abc.PGresult]) -> Ran:
        loaded: list[Row] = []
        failed = last = None
        for last in results:
            try:
                loaded += self._load(last)
            except _TooLarge:
                raise self._explain_size(_names_of(last), loaded) from None
            if failed is None and last.status in _ERRORS:
                failed = last
        if failed is not None or last is None:
            return Ran("", Rows(()), None, self._refusal(failed) if failed is not None else None)
        rows = Rows(_names_of(last), loaded)
        changed = last.command_tuples
        command = (last.command_status or b"").decode()
        return Ran(command, rows, changed if changed is not None else None, None)

    def _explain_size(self, columns: list[str], loaded: list[Row]) -> LimitReached:
        first = Rows(columns, loaded[:_FIRST_ROWS]).as_table()
        return LimitReached(
            f"The result is larger than {self._limits.output_bytes // 1024} KiB, so it was not"
            f" read to its end; {len(loaded)} rows had come by then. So many often come from a join"
            " without its condition, which puts each row of one table beside each of the other.",
            limit="output_bytes",
            detail=f"The first rows:\n{first}",
        )

    def _refusal(self, result: pq.abc.PGresult) -> Refusal:
        said = {field: _text(result, field) for field in _Field}
        code = said[_Field.SQLSTATE]
        if self._connection.pgconn.status == pq.ConnStatus.BAD or code.startswith("57P"):
            raise SessionEnded
        if code in _LIMITS_BY_CODE:
            limit = _LIMITS_BY_CODE[code]
            raise LimitReached(
                f"PostgreSQL stopped it: {said[_Field.MESSAGE_PRIMARY]}.", limit=limit
            )
        position = said[_Field.STATEMENT_POSITION]
        return Refusal(
            message=said[_Field.MESSAGE_PRIMARY],
            code=code,
            detail=said[_Field.MESSAGE_DETAIL],
            hint=said[_Field.MESSAGE_HINT],
            position=int(position) if position else None,
            constraint=said[_Field.CONSTRAINT_NAME],
        )


class ResultNotReadable(GuestFault):
    """A statement gives a value that Python, and so no check, can hold."""

    def __init__(self, error: Exception) -> None:
        super().__init__(f"The result holds a value that the check cannot read: {error}.")


class CopyRefused(GuestFault):
    """A statement wants to copy to a program that is not there."""

    def __init__(self) -> None:
        super().__init__(
            "`COPY … TO STDOUT` writes to the program that runs the file, and nobody reads it here."
            " Use SELECT, whose rows are the result."
        )


def _require_time(deadline: float, seconds: float) -> None:
    if time.monotonic() > deadline:
        raise QueryTimedOut(
            f"The statement was still running after {seconds:g} seconds and was stopped.",
            limit="run_seconds",
        )


def _names_of(result: pq.abc.PGresult) -> list[str]:
    names = ((result.fname(number) or b"") for number in range(result.nfields))
    return [name.decode(errors="replace") for name in names]


def _text(result: pq.abc.PGresult, field: pq.DiagnosticField) -> str:
    return (result.error_field(field) or b"").decode(errors="replace")
