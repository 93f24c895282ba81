"""Cheats that know the answers by heart: made from what a solution answered in another run.

A learner who reads the evidence of every visible check could write them. They are graded with
another seed, so they pass only where a lab asks everybody the same.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import urlsplit

from milepost.engine import Evidence, GradeReport
from milepost.labs.verification.cheats.corpus import JAVASCRIPT, SQL, Cheat, Ground, list_exports

NAME = "knows-it-by-heart"
SENTENCE = "repeats what a solution answered to the visible checks of another run"
_NUMBER = re.compile(r"-?\d{1,9}|-?\d{1,12}\.\d+")

_FOLDER = Path(__file__).parent


def list_called(report: GradeReport) -> frozenset[str]:
    """Name the functions that visible checks call."""
    calls = (piece for piece in _visible(report) if piece.kind == "call")
    return frozenset(str(piece.request["name"]) for piece in calls)


def learn_by_heart(ground: Ground, entry_program: tuple[str, ...], report: GradeReport) -> Cheat:
    """Make the cheat that answers as a solution did, to exactly the same questions."""
    pieces = [piece for piece in _visible(report) if not piece.truncated]
    if ground.language == SQL:
        files = {**ground.starter, **_write_answers(ground.entries, pieces)}
        return Cheat(NAME, SENTENCE, ground.stack, files)
    compact = ground.language == JAVASCRIPT
    calls = {
        _key(_called_as(piece), compact): piece.response["value"]
        for piece in pieces
        if piece.kind == "call" and "value" in piece.response
    }
    written = {
        _key(_called_as(piece), compact): piece.response["written"]
        for piece in pieces
        if piece.kind == "call" and "written" in piece.response
    }
    runs = dict(_remember_runs(pieces, len(entry_program), compact))
    exchanges = dict(_remember_exchanges(pieces, compact))
    text = (_FOLDER / f"by_heart.{ground.language}.txt").read_text(encoding="utf-8")
    body = Template(text).substitute(
        calls=_twice(calls),
        written=_twice(written),
        runs=_twice(runs),
        exchanges=_twice(exchanges),
        functions=_write_functions(list_called(report)) if compact else "",
    )
    return ground.lay(NAME, SENTENCE, body, {})


def _visible(report: GradeReport) -> Iterator[Evidence]:
    for check in report.checks:
        if not check.hidden:
            yield from check.evidence


def _called_as(piece: Evidence) -> list[Any]:
    return [piece.request["name"], piece.request["arguments"]]


def _remember_runs(
    pieces: Iterable[Evidence], own_words: int, compact: bool
) -> Iterator[tuple[str, list[Any]]]:
    for piece in pieces:
        arguments = piece.request.get("argv")
        if piece.kind == "program" and isinstance(arguments, list):
            said = piece.response
            answer = [said.get("exit_code") or 0, said.get("stdout", ""), said.get("stderr", "")]
            yield _key(arguments[own_words:], compact), answer


def _remember_exchanges(
    pieces: Iterable[Evidence], compact: bool
) -> Iterator[tuple[str, list[Any]]]:
    for piece in pieces:
        if piece.kind == "exchange" and "status" in piece.response:
            address = urlsplit(str(piece.request["url"]))
            target = address.path + ("?" + address.query if address.query else "")
            key = _key([piece.request["method"], target, piece.request.get("body") or ""], compact)
            said = piece.response
            yield key, [said["status"], said["headers"], said.get("body") or ""]


def _write_answers(files: Iterable[str], pieces: Iterable[Evidence]) -> dict[str, bytes]:
    """Write for each file of SQL the rows that it led to, as constants."""
    answers = dict.fromkeys(files, b"SELECT WHERE false;")
    for piece in pieces:
        file, columns = piece.request.get("file"), piece.response.get("columns")
        rows = piece.response.get("rows")
        if file in answers and isinstance(rows, list) and isinstance(columns, list) and rows:
            answers[str(file)] = _write_rows(columns, rows)
    return answers


def _write_rows(columns: list[Any], rows: list[Any]) -> bytes:
    names = ", ".join(f'"{name}"' for name in columns)
    values = ",\n".join(f"({', '.join(map(_write_value, row))})" for row in rows)
    # Run by nobody but the learner's own role, in a database of this run.
    return f"SELECT * FROM (VALUES\n{values}\n) AS known ({names});\n".encode()  # noqa: S608


def _write_value(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return {None: "NULL", True: "true", False: "false"}[value]
    text = str(value)
    return text if _NUMBER.fullmatch(text) else "'" + text.replace("'", "''") + "'"


def _write_functions(names: Iterable[str]) -> str:
    line = "export const {0} = (...given) => recallAnswer(JSON.stringify([{1}, given]));"
    return "\n".join(
        line.format(exported, json.dumps(name))
        for name in sorted(names)
        for exported in list_exports([name])
    )


def _key(value: Any, compact: bool) -> str:
    """Write a question as the cheat's own language would."""
    if compact:
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return json.dumps(value)


def _twice(value: Mapping[str, Any]) -> str:
    return json.dumps(json.dumps(value))
