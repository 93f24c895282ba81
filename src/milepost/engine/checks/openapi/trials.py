"""Requests made from a document: what may just be sent by its words, and what just may not.

Each trial changes one thing in what is known to be good, at a border that the document itself
draws. Whether it is allowed is decided by the whole schema; whether the service agrees, by asking.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from milepost.engine.checks.openapi.operations import Parameter
from milepost.engine.checks.openapi.references import resolve
from milepost.engine.checks.openapi.schemas import Schema

_LONGEST = 5000
_SHOWN = 60
_MOST_OF_ENUM = 12
_MOST_FIELDS = 40
_MOST_PARTS = 200
_STRANGERS: tuple[Any, ...] = (None, True, 7, 7.5, "seven", [], {})
_ONE = ("not", "if", "then", "else")
_SEVERAL = ("allOf", "anyOf", "oneOf")


@dataclass(frozen=True, slots=True)
class Trial:
    """Something to send, and whether the document allows it."""

    words: str  # such as: a `year` that is 2031
    value: Any  # a body, or the parameters of a query
    is_allowed: bool


def list_body_trials(schema: Schema, body: Mapping[str, Any], random: Random) -> list[Trial]:
    """List bodies at the borders of a schema, each a good one that was changed in one field."""
    trials: list[Trial] = []
    for name, parts in list(_list_fields(schema).items())[:_MOST_FIELDS]:
        for value in _list_values(parts, random):
            changed = {**body, name: value}
            trials.append(Trial(_in_words(name, value), changed, schema.allows(changed)))
        without = {key: value for key, value in body.items() if key != name}
        trials.append(Trial(f"no `{_cut(name)}`", without, schema.allows(without)))
    return trials


def list_query_trials(
    parameters: Sequence[Parameter], query: Mapping[str, str], random: Random
) -> list[Trial]:
    """List queries at the borders of their parameters, each a good one that was changed in one."""
    trials: list[Trial] = []
    for parameter in parameters[:_MOST_FIELDS]:
        name = parameter.name
        parts = list(_list_parts(parameter.schema, parameter.schema.node))
        texts = {_as_text(value) for value in _list_values(parts, random)}
        for text in sorted(text for text in texts if text):
            is_allowed = any(parameter.schema.allows(value) for value in _readings(text))
            trials.append(Trial(_in_words(name, text), {**query, name: text}, is_allowed))
        without = {key: value for key, value in query.items() if key != name}
        trials.append(Trial(f"no `{_cut(name)}`", without, not parameter.is_required))
    return trials


def _list_fields(schema: Schema) -> dict[str, list[Any]]:
    """List the fields that a schema names, each with all that it says of them."""
    fields: dict[str, list[Any]] = {}
    for part in _list_parts(schema, schema.node):
        properties = part.get("properties")
        for name, node in properties.items() if isinstance(properties, Mapping) else ():
            fields.setdefault(str(name), []).extend(_list_parts(schema, node))
    return fields


def _list_parts(schema: Schema, node: Any) -> Iterator[Mapping[str, Any]]:
    """Yield a schema and those that look at the same value, a bounded number."""
    waiting, found = [node], 0
    while waiting and found < _MOST_PARTS:
        part = waiting.pop(0)
        reference = part.get("$ref") if isinstance(part, Mapping) else None
        if isinstance(part, Mapping):
            found += 1
            yield part
            waiting += [part[name] for name in _ONE if name in part]
            for name in _SEVERAL:
                several = part.get(name)
                waiting += several if isinstance(several, list) else []
        if isinstance(reference, str):
            waiting.append(resolve(schema.document, part))


def _list_values(parts: Sequence[Mapping[str, Any]], random: Random) -> list[Any]:
    """List values at the borders that schemas draw, each once."""
    values: list[Any] = [*_STRANGERS]
    for part in parts:
        values += _list_numbers(part, random)
        values += _list_texts(part)
        several = part.get("enum")
        values += several[:_MOST_OF_ENUM] if isinstance(several, list) else []
        values += [part["const"]] if "const" in part else []
    unique: list[Any] = []
    for value in values:
        if not any(type(value) is type(each) and value == each for each in unique):
            unique.append(value)
    return unique


def _list_numbers(part: Mapping[str, Any], random: Random) -> list[Any]:
    names = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
    borders = [part[name] for name in names if _is_whole(part.get(name))]
    beside = [border + step for border in borders for step in (-1, 0, 1)]
    between = [random.randint(min(borders), max(borders))] if len(borders) > 1 else []
    return [*beside, *between]


def _list_texts(part: Mapping[str, Any]) -> list[str]:
    lengths = [part[name] for name in ("minLength", "maxLength") if _is_whole(part.get(name))]
    beside = {length + step for length in lengths for step in (-1, 0, 1)}
    return ["x" * length for length in sorted(beside) if 0 <= length <= _LONGEST]


def _is_whole(value: Any) -> bool:
    return type(value) is int and abs(value) < 2**53


def _as_text(value: Any) -> str | None:
    """Write a value as it would stand in a query; what has no such form is left out."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, str | int | float) else None


def _readings(text: str) -> list[Any]:
    """List what a text of a query may be taken for."""
    readings: list[Any] = [text]
    if text in {"true", "false"}:
        readings.append(text == "true")
    for read in (int, float):
        try:
            readings.append(read(text))
        except ValueError:
            continue
    return readings


def _in_words(name: str, value: Any) -> str:
    return f"a `{_cut(name)}` that is {_cut(json.dumps(value, ensure_ascii=False))}"


def _cut(text: str) -> str:
    plain = text.replace("`", "'")
    return plain if len(plain) <= _SHOWN else f"{plain[:_SHOWN]}…"
