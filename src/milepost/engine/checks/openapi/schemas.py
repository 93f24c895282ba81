"""Schemas of a document: what they allow, and which fields they name.

OpenAPI 3.1 and 3.2 say what JSON Schema 2020-12 says. 3.0 has words of its own, which are brought
over when a document is read. What validates is jsonschema-rs; it fetches nothing.
"""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import jsonschema_rs

from milepost.engine.checks.openapi.effort import Effort

_BACKTRACKING = 20_000  # of one pattern on one text, which is where patterns run away
_SAID = 200  # letters of what a validator says
_NAMED = ("properties", "patternProperties")
_BORDERS = (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum"))


def modernise(node: Any, *, is_old: bool) -> Any:
    """Copy a document, with schemas of 3.0 (`is_old`) written as 3.1 writes them."""
    if isinstance(node, list):
        return [modernise(each, is_old=is_old) for each in node]
    if not isinstance(node, Mapping):
        return in_unicode(node)
    if is_old and isinstance(node.get("$ref"), str):
        return {"$ref": node["$ref"]}  # its neighbours are ignored there
    copied = {
        in_unicode(name): modernise(each, is_old=is_old)
        for name, each in node.items()
        if not (name == "$schema" and isinstance(each, str))
    }
    return _modernise_schema(copied) if is_old else copied


def _modernise_schema(schema: dict[str, Any]) -> dict[str, Any]:
    if schema.get("nullable") is True and isinstance(schema.get("type"), str):
        schema["type"] = [schema["type"], "null"]
    for exclusive, border in _BORDERS:
        said = schema.get(exclusive)
        if isinstance(said, bool):
            del schema[exclusive]
            if said and border in schema:
                schema[exclusive] = schema.pop(border)
    return schema


class Schema:
    """One schema of a document; `where` says in words where it stands."""

    def __init__(self, document: Mapping[str, Any], node: Any, where: str) -> None:
        self.document = document
        self.node = node
        self.where = where

    def allows(self, value: Any) -> bool:
        """Return whether a value fits."""
        return self._prepare(value).is_valid(in_unicode(value))

    def explain(self, value: Any) -> str:
        """Return why a value does not fit, and where; empty if it does."""
        error = next(self._prepare(value).iter_errors(in_unicode(value)), None)
        if error is None:
            return ""
        place = "".join(f"/{step}" for step in error.instance_path)
        return f"{error.message[:_SAID]}{f' (at {place[:_SAID]})' if place else ''}".replace(
            "\n", " "
        )

    def list_unnamed(self, value: Any) -> list[str]:
        """List the fields of a value, as paths, that the schema does not name."""
        value = in_unicode(value)
        named: dict[str, set[str]] = {}
        for note in self._prepare(value).evaluate(value).annotations():
            names, keyword = note["annotations"], note["schemaLocation"].rpartition("/")[2]
            if keyword in _NAMED and isinstance(names, list):
                named.setdefault(note["instanceLocation"], set()).update(map(str, names))
        return _list_unnamed(value, "", named)

    def _prepare(self, value: Any) -> jsonschema_rs.Draft202012Validator:
        """Return what validates, if it comes to an end with this value; else fail in words."""
        if not self._effort.is_bounded(value):
            raise AssertionError(
                f"The schema of {self.where} looks at one value in more ways than anybody could"
                " follow: it holds itself several times in one step, through `allOf`, `anyOf` or"
                " references. Say it once"
            )
        return self._validator

    @cached_property
    def _effort(self) -> Effort:
        return Effort(self.document, self.node)

    @cached_property
    def _validator(self) -> jsonschema_rs.Draft202012Validator:
        parts = {name: self.document.get(name, {}) for name in ("paths", "components")}
        try:
            return jsonschema_rs.Draft202012Validator(
                {"$ref": "#/schema", "schema": self.node, **parts},
                pattern_options=jsonschema_rs.FancyRegexOptions(backtrack_limit=_BACKTRACKING),
                offline=True,
            )
        except (ValueError, jsonschema_rs.ReferencingError) as error:
            said = str(error).partition("\n")[0][:_SAID]
            raise AssertionError(
                f"A schema of your document can't be read: {said}. It is the one of {self.where},"
                " or one"
                " that it refers to"
            ) from None


def in_unicode(value: Any) -> Any:
    """Copy a value of JSON; halves of surrogate pairs, which no validator takes, become `?`."""
    if isinstance(value, str):
        return value.encode(errors="replace").decode()
    if isinstance(value, Mapping):
        return {in_unicode(name): in_unicode(each) for name, each in value.items()}
    return [in_unicode(each) for each in value] if isinstance(value, list) else value


def _list_unnamed(value: Any, place: str, named: Mapping[str, set[str]]) -> list[str]:
    """List fields without a name, of a value and of all that it holds."""
    unnamed: list[str] = []
    if isinstance(value, Mapping):
        known = named.get(place, set())
        for name, inner in value.items():
            if name not in known:
                unnamed.append(f"{place}/{name}")
            unnamed += _list_unnamed(
                inner, f"{place}/{name.replace('~', '~0').replace('/', '~1')}", named
            )
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            unnamed += _list_unnamed(inner, f"{place}/{number}", named)
    return unnamed
