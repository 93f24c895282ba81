"""Cheats that know the answers by heart: made from what a solution answered in another run.

A learner who reads the evidence of every visible check could write them. They are graded with
another seed, so they pass only where a lab asks everybody the same.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from string import Template
from typing import Any
from urllib.parse import urlsplit

from milepost.engine import Evidence, GradeReport
from milepost.engine.evidence.call import FunctionCall, Returned
from milepost.engine.evidence.http import HttpExchange, HttpResponse
from milepost.engine.evidence.program import RanProgram
from milepost.engine.evidence.sql import SqlStatement, StatementResult
from milepost.labs.verification.cheats.corpus import Cheat, Ground, list_exports
from milepost.languages import Language

NAME = "knows-it-by-heart"
SENTENCE = "repeats what a solution answered to the visible checks of another run"
_NUMBER = re.compile(r"-?\d{1,9}|-?\d{1,12}\.\d+")

_TEXT = "by_heart.txt"


def list_called(report: GradeReport) -> frozenset[str]:
    """Name the functions that visible checks call."""
    return frozenset(call.request.name for call in _list_calls(_visible(report)))


def learn_by_heart(ground: Ground, entry_program: tuple[str, ...], report: GradeReport) -> Cheat:
    """Make the cheat that answers as a solution did, to exactly the same questions."""
    pieces = [piece for piece in _visible(report) if not piece.truncated]
    if ground.is_of_statements:
        files = {**ground.starter, **_write_answers(ground.entries, pieces)}
        return Cheat(NAME, SENTENCE, ground.stack, files)
    compact = ground.language.in_cheats.compact_json
    returned = [
        (_key([call.request.name, call.request.arguments], compact), call.response)
        for call in _list_calls(pieces)
        if isinstance(call.response, Returned)
    ]
    calls = {key: answer.value for key, answer in returned}
    written = {key: answer.written for key, answer in returned if answer.written is not None}
    runs = dict(_remember_runs(pieces, len(entry_program), compact))
    exchanges = dict(_remember_exchanges(pieces, compact))
    text = (ground.language.folder / _TEXT).read_text(encoding="utf-8")
    body = Template(text).substitute(
        calls=_twice(calls),
        written=_twice(written),
        runs=_twice(runs),
        exchanges=_twice(exchanges),
        functions=_write_functions(list_called(report), ground.language),
    )
    return ground.lay(NAME, SENTENCE, body, {})


def _visible(report: GradeReport) -> Iterator[Evidence]:
    for check in report.checks:
        if not check.hidden:
            yield from check.evidence


def _list_calls(pieces: Iterable[Evidence]) -> list[FunctionCall]:
    return [piece for piece in pieces if isinstance(piece, FunctionCall)]


def _remember_runs(
    pieces: Iterable[Evidence], own_words: int, compact: bool
) -> Iterator[tuple[str, list[Any]]]:
    for piece in pieces:
        if isinstance(piece, RanProgram) and not isinstance(piece.request.argv, str):
            said = piece.response
            answer = [said.exit_code or 0, said.stdout, said.stderr]
            yield _key(piece.request.argv[own_words:], compact), answer


def _remember_exchanges(
    pieces: Iterable[Evidence], compact: bool
) -> Iterator[tuple[str, list[Any]]]:
    for piece in pieces:
        if isinstance(piece, HttpExchange) and isinstance(piece.response, HttpResponse):
            asked, said = piece.request, piece.response
            address = urlsplit(asked.url)
            target = address.path + ("?" + address.query if address.query else "")
            key = _key([asked.method, target, asked.body], compact)
            yield key, [said.status, said.headers, said.body]


def _write_answers(files: Iterable[str], pieces: Iterable[Evidence]) -> dict[str, bytes]:
    """Write for each file of SQL the rows that it led to, as constants."""
    answers = dict.fromkeys(files, b"SELECT WHERE false;")
    for piece in pieces:
        if not isinstance(piece, SqlStatement) or not isinstance(piece.response, StatementResult):
            continue
        file, rows, columns = piece.request.file, piece.response.rows, piece.response.columns
        if file in answers and rows and not isinstance(rows, str) and not isinstance(columns, str):
            answers[file] = _write_rows(columns, rows)
    return answers


def _write_rows(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> bytes:
    names = ", ".join(f'"{name}"' for name in columns)
    values = ",\n".join(f"({', '.join(map(_write_value, row))})" for row in rows)
    # Run by nobody but the learner's own role, in a database of this run.
    return f"SELECT * FROM (VALUES\n{values}\n) AS known ({names});\n".encode()  # noqa: S608


def _write_value(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return {None: "NULL", True: "true", False: "false"}[value]
    text = str(value)
    return text if _NUMBER.fullmatch(text) else "'" + text.replace("'", "''") + "'"


def _write_functions(names: Iterable[str], language: Language) -> str:
    """Write a function for each, where the language cannot answer to whatever name is asked for."""
    line = Template(language.in_cheats.function)
    return "\n".join(
        line.substitute(name=exported, asked=json.dumps(name))
        for name in sorted(names)
        for exported in list_exports([name], language)
    )


def _key(value: Any, compact: bool) -> str:
    """Write a question as the cheat's own language would."""
    if compact:
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return json.dumps(value)


def _twice(value: Mapping[str, Any]) -> str:
    return json.dumps(json.dumps(value))
