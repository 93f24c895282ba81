"""Where the answers of learner code can be spoiled: calls, programs, HTTP, SQL, Redis, upstream.

Each is spoiled only as learner code could have done it: a header keeps to bytes that HTTP allows,
a column to one type, a reply of Redis to what the command replies.
"""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any

import httpx

from milepost.engine.checks.calls import Call
from milepost.engine.checks.http.exchange import Answer
from milepost.engine.checks.program import ProgramRun
from milepost.engine.checks.rows import Rows
from milepost.engine.checks.spoiling.values import (
    VERY_LONG,
    Rebuild,
    Site,
    fixed_site,
    list_length_sites,
    list_sites,
    list_text_sites,
    pick_positions,
)
from milepost.engine.checks.sql_values import JsonArray, JsonObject, SqlArray
from milepost.engine.checks.statements import Ran, Refusal
from milepost.engine.protocol.bounded_json import parse_json

_OTHER_STATUSES = (200, 204, 299, 404, 500)
_OF_THE_SERVER = {"content-length", "transfer-encoding", "connection", "date", "server"}
_LONG_HEADER = 8000  # servers and clients refuse longer ones
_OTHER_EXIT_CODES = (0, 1, 2, -11)
_ONE_TEXT = {"GET", "HGET", "LINDEX"}
_LIFETIMES = {"PTTL", "TTL"}
_LISTS_OF_TEXT = {"KEYS", "LRANGE", "SMEMBERS"}


def list_answer_sites(origin: str, answer: Any) -> Iterator[Site]:
    """List how an answer can be spoiled. `origin` says where it came from."""
    match answer:
        case Answer():
            yield from _list_exchange_sites(answer)
        case ProgramRun():
            yield from _list_program_sites(answer)
        case Ran():
            yield from _list_result_sites(answer)
        case Rows():
            yield from _list_column_sites(answer, _keep)
        case [Call(), *_]:
            yield from _list_call_sites(answer)
        case list() if origin.startswith(("records ", "calls")):
            yield from list_length_sites(answer, "", _keep)
        case str() if origin == "logs":
            yield from list_text_sites(answer, "", _keep)
        case _ if origin.startswith("command "):
            yield from _list_reply_sites(origin.removeprefix("command "), answer)
        case _:
            yield from list_sites(answer, "", _keep)


def _keep(answer: Any) -> Any:
    return answer


def _put(record: Any, field: str, value: Any) -> Any:
    return replace(record, **{field: value})


# HTTP


def _list_exchange_sites(answer: Answer) -> Iterator[Site]:
    was = answer.status_code
    for status in _OTHER_STATUSES:
        if status != was:
            put = partial(_put, answer, "status_code")
            yield fixed_site("status", f"status-{status}", was, status, put)
    yield from _list_header_sites(answer.headers, partial(_put, answer, "headers"))
    yield from _list_body_sites(answer.content, partial(_put, answer, "content"))


def _list_header_sites(headers: httpx.Headers, rebuild: Rebuild) -> Iterator[Site]:
    """List how one header field can be missing, come twice, or hold what HTTP still allows."""
    pairs = [(name.encode(), value.encode()) for name, value in headers.multi_items()]
    for index, (name, value) in enumerate(pairs):
        if name.decode() in _OF_THE_SERVER:
            continue
        place, put = f"header {name.decode()}", partial(_put_header, rebuild, pairs, index)
        for kind, values in {
            "missing": (),
            "sent-twice": (value, b"x"),
            "empty": (b"",),
            "not-ascii": (value[:1] + "é灯".encode() + value[1:],),
            "quotes-and-commas": (b'"\t,;="' + value,),
            "number": (b"7",),
            "very-long": (value + b"x" * _LONG_HEADER,),
            "unknown-charset": (b"text/plain; charset=x-none",),
        }.items():
            yield fixed_site(place, kind, value, values, put)


def _put_header(
    rebuild: Rebuild, pairs: list[tuple[bytes, bytes]], index: int, values: tuple[bytes, ...]
) -> Any:
    own = [(pairs[index][0], value) for value in values]
    return rebuild(httpx.Headers([*pairs[:index], *own, *pairs[index + 1 :]]))


def _list_body_sites(body: bytes, rebuild: Rebuild) -> Iterator[Site]:
    if not body:
        return
    yield fixed_site("body", "no-body", body, b"", rebuild)
    yield fixed_site("body", "truncated", body, body[: len(body) // 2], rebuild)
    yield fixed_site("body", "not-utf-8", body, b"\xff\xfe" + body, rebuild)
    with suppress(ValueError):
        document = parse_json(body)
        yield from list_sites(document, "body", partial(_dump_into, rebuild), finite=True)


def _dump_into(rebuild: Rebuild, value: Any) -> Any:
    return rebuild(json.dumps(value).encode())  # escapes half surrogates, as a service would


# Programs


def _list_program_sites(run: ProgramRun) -> Iterator[Site]:
    for code in _OTHER_EXIT_CODES:
        if code != run.exit_code:
            put = partial(_put, run, "exit_code")
            yield fixed_site("exit code", f"code-{code}", run.exit_code, code, put)
    yield from list_text_sites(run.stdout, "stdout", partial(_put, run, "stdout"))
    yield from list_text_sites(run.stderr, "stderr", partial(_put, run, "stderr"))
    with suppress(ValueError):
        document = parse_json(run.stdout.encode())
        yield from list_sites(document, "stdout", partial(_print_into, run), finite=True)


def _print_into(run: ProgramRun, value: Any) -> ProgramRun:
    return replace(run, stdout=json.dumps(value))


# SQL


def _list_result_sites(ran: Ran) -> Iterator[Site]:
    if ran.refusal is None:
        refused = Ran("", Rows(()), None, Refusal("it is refused", "23514", "", "", None, ""))
        yield fixed_site("result", "refused", ran.command, refused, _keep)
    else:
        accepted = Ran("SELECT 0", Rows(()), 0, None)
        yield fixed_site("result", "accepted", ran.refusal.message, accepted, _keep)
    rows, put = ran.rows, partial(_put, ran, "rows")
    if not rows.columns:
        return
    yield from _list_column_sites(rows, put)
    for index, name in enumerate(rows.columns):
        less = Rows(_cut(rows.columns, index), [_cut(row, index) for row in rows])
        yield fixed_site(f"column {name}", "missing", rows.columns, less, put)
        renamed = Rows((*_cut(rows.columns, index), "other"), rows)
        yield fixed_site(f"column {name}", "renamed", rows.columns, renamed, put)
    more = Rows((*rows.columns, "more"), [(*row, None) for row in rows])
    yield fixed_site("columns", "one-more", rows.columns, more, put)


def _cut(row: tuple[Any, ...], index: int) -> tuple[Any, ...]:
    return (*row[:index], *row[index + 1 :])


def _list_column_sites(rows: Rows, rebuild: Rebuild) -> Iterator[Site]:
    """List other numbers of rows; for each column, a NULL in it, and another type of all of it."""
    if rows.columns == ("count",):  # an aggregate's one row, and its type, are PostgreSQL's own
        for number in (0, 2**60):
            counted = Rows(rows.columns, [(number,)])
            yield fixed_site("column count", f"count-{number}", list(rows), counted, rebuild)
        return
    put_rows = partial(_put_rows, rebuild, rows.columns)
    yield from list_length_sites(list(rows), "rows", put_rows)
    for index, name in enumerate(rows.columns):
        put = partial(_put_column, rebuild, rows, index)
        column = [row[index] for row in rows]
        for number in pick_positions(column):
            holed = [*column[:number], None, *column[number + 1 :]]
            yield fixed_site(f"column {name}", "null", column[number], holed, put)
        for kind, change in _COLUMNS.items() if rows else ():
            yield Site(f"column {name}", kind, column, partial(_change_all, change), put)
        if rows:
            yield Site(f"column {name}", "very-long", column, _lengthen_first, put)


def _put_rows(rebuild: Rebuild, columns: tuple[str, ...], rows: list[Any]) -> Any:
    return rebuild(Rows(columns, rows))


def _put_column(rebuild: Rebuild, rows: Rows, index: int, column: list[Any]) -> Any:
    changed = [
        (*row[:index], value, *row[index + 1 :]) for row, value in zip(rows, column, strict=True)
    ]
    return rebuild(Rows(rows.columns, changed))


def _change_all(change: Rebuild, column: list[Any]) -> list[Any]:
    return [change(value) for value in column]


def _lengthen_first(column: list[Any]) -> list[Any]:
    return ["x" * VERY_LONG, *map(str, column[1:])]


_COLUMNS: dict[str, Rebuild] = {
    "nulls": lambda _: None,
    "text": lambda value: f"{value} é灯",
    "not-a-number": lambda _: Decimal("NaN"),
    "huge": lambda _: Decimal(10) ** 100,
    "boolean": lambda _: False,
    "array": lambda value: SqlArray([value, None]),
    "json": lambda value: JsonObject(value=JsonArray([str(value), None])),
    "bytes": lambda _: b"\x00\xff",
}


# Redis


def _list_reply_sites(command: str, value: Any) -> Iterator[Site]:
    """List other replies of a command: what a key holds, and for how long, learner code decides."""
    if isinstance(value, str) and command in _ONE_TEXT:
        yield fixed_site("value", "null", value, None, _keep)
        yield fixed_site("value", "bytes", value, b"\xff\xfe", _keep)
        yield from list_text_sites(value, "value", _keep)
    elif isinstance(value, int) and command in _LIFETIMES:
        for left in (-1, 1, 2**52):
            yield fixed_site("lifetime", f"lifetime-{left}", value, left, _keep)
    elif isinstance(value, list) and command in _LISTS_OF_TEXT:
        yield from list_length_sites(value, "list", _keep)
        odd = [*value, "", "é灯", b"\xff", "x" * VERY_LONG]
        yield fixed_site("list", "other-texts", value, odd, _keep)


# What learner code sent


def _list_call_sites(calls: list[Call]) -> Iterator[Site]:
    for index in pick_positions(calls):
        call = calls[index]
        put = partial(_put_call, calls, index)
        yield from _list_body_sites(call.body, partial(put, "body"))
        for name in call.query:
            less = {key: values for key, values in call.query.items() if key != name}
            yield fixed_site(f"query {name}", "missing", call.query, less, partial(put, "query"))
        yield from _list_header_sites(call.headers, partial(put, "headers"))


def _put_call(calls: list[Call], index: int, field: str, value: Any) -> list[Call]:
    return [*calls[:index], _put(calls[index], field, value), *calls[index + 1 :]]
