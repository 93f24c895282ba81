"""The API's reference, drawn from its own OpenAPI document: operations, requests, answers.

The page that shows it is `web.api_docs`. Invariant: nothing is written twice; what the document
does not say, the reference does not show.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias
from urllib.parse import quote

Schema: TypeAlias = Mapping[str, Any]
DEEPEST_EXAMPLE = 6
EXAMPLES_BY_FORMAT = {
    "uuid": "0198f3a2-7c1e-7d4b-9a55-3f2f6f0c1b2a",
    "date-time": "2026-11-22T09:30:00Z",
    "uri": "https://example.org/",
    "binary": "",
}
EXAMPLES_BY_TYPE = {"integer": 1, "number": 0.5, "boolean": True, "null": None}


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter of an operation, or a member of its body."""

    name: str
    place: str
    kind: str
    is_required: bool
    description: str


@dataclass(frozen=True, slots=True)
class Answer:
    """One way in which an operation answers."""

    status: str
    description: str
    example: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one address, ready to show."""

    id: str
    method: str
    path: str
    title: str
    description: str
    fields: tuple[Field, ...]
    request: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """The operations that share a tag."""

    title: str
    operations: tuple[Operation, ...]


def describe_api(document: Schema, *, base_url: str) -> list[Group]:
    """Draw every operation of an OpenAPI document, in its own order."""
    reader = _Reader(document, base_url)
    groups: dict[str, list[Operation]] = {}
    for tag, operation in reader.read_operations():
        groups.setdefault(tag, []).append(operation)
    return [Group(title, tuple(operations)) for title, operations in groups.items()]


class _Reader:
    def __init__(self, document: Schema, base_url: str) -> None:
        self._document = document
        self._base_url = base_url.rstrip("/")

    def read_operations(self) -> Iterator[tuple[str, Operation]]:
        for path, methods in self._document["paths"].items():
            for method, facts in methods.items():
                tag = (facts.get("tags") or [_tag_of(path)])[0]
                yield tag, self._read_operation(path, method.upper(), facts)

    def _read_operation(self, path: str, method: str, facts: Schema) -> Operation:
        body = self._body_schema(facts)
        parameters = [self._read_parameter(each) for each in facts.get("parameters", [])]
        members = list(self._read_members(body)) if body else []
        return Operation(
            id=facts["operationId"],
            method=method,
            path=path,
            title=_as_sentence(facts.get("summary", facts["operationId"])),
            description=facts.get("description", ""),
            fields=tuple(field for field in parameters if field is not None) + tuple(members),
            request=self._write_request(path, method, facts, body),
            answers=tuple(
                self._read_answer(status, answer)
                for status, answer in sorted(facts.get("responses", {}).items())
            ),
        )

    def _resolve(self, schema: Schema) -> Schema:
        while "$ref" in schema:
            target: Any = self._document
            for part in schema["$ref"].removeprefix("#/").split("/"):
                target = target[part]
            schema = target
        return schema

    def _body_schema(self, facts: Schema) -> Schema | None:
        content = facts.get("requestBody", {}).get("content", {})
        schema = content.get("application/json", {}).get("schema")
        return None if schema is None else self._resolve(schema)

    def _read_parameter(self, facts: Schema) -> Field | None:
        facts = self._resolve(facts)
        if facts["in"] == "cookie":
            return None
        return Field(
            name=facts["name"],
            place={"path": "in the path", "query": "in the query"}.get(facts["in"], "header"),
            kind=self._name_kind(facts.get("schema", {})),
            is_required=facts.get("required", False),
            description=facts.get("description", ""),
        )

    def _read_members(self, body: Schema) -> Iterator[Field]:
        for name, schema in body.get("properties", {}).items():
            yield Field(
                name=name,
                place="in the body",
                kind=self._name_kind(schema),
                is_required=name in body.get("required", []),
                description=schema.get("description", ""),
            )

    def _name_kind(self, schema: Schema) -> str:
        schema = self._resolve(schema)
        options = schema.get("anyOf") or schema.get("oneOf")
        if options:
            kinds = [self._name_kind(each) for each in options]
            return " or ".join(dict.fromkeys(kind for kind in kinds if kind != "null"))
        if "enum" in schema:
            return " | ".join(str(value) for value in schema["enum"])
        if "const" in schema:
            return str(schema["const"])
        if schema.get("type") == "array":
            return f"list of {self._name_kind(schema.get('items', {}))}"
        return str(schema.get("format") or schema.get("type") or "any")

    def _read_answer(self, status: str, facts: Schema) -> Answer:
        facts = self._resolve(facts)
        content = facts.get("content", {})
        for kind, media in content.items():
            if kind.endswith("json") and "schema" in media:
                value = _first_example(media) or self._example(media["schema"], 0)
                return Answer(status, facts["description"], _pretty(value))
        return Answer(status, facts["description"], ", ".join(content) if content else "")

    def _example(self, schema: Schema, depth: int) -> Any:
        schema = self._resolve(schema)
        for key in ("example", "const", "default"):
            if schema.get(key) is not None:
                return schema[key]
        if schema.get("examples") or schema.get("enum"):
            return (schema.get("examples") or schema["enum"])[0]
        options = schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf")
        if options:
            return self._example(options[0], depth)
        if depth >= DEEPEST_EXAMPLE:
            return None
        return self._example_of_type(schema, depth)

    def _example_of_type(self, schema: Schema, depth: int) -> Any:
        kind = schema.get("type")
        if kind == "array":
            items = self._resolve(schema.get("items", {}))
            kinds = items["oneOf"] if "discriminator" in items else [items]  # one of each kind
            return [self._example(kind, depth + 1) for kind in kinds]
        if kind == "object" or "properties" in schema:
            return {
                name: self._example(member, depth + 1)
                for name, member in schema.get("properties", {}).items()
            }
        if kind == "string":
            return EXAMPLES_BY_FORMAT.get(schema.get("format", ""), "text")
        return EXAMPLES_BY_TYPE.get(str(kind))

    def _fill_path(self, path: str, facts: Schema) -> str:
        """Put an example into every place of an address for which the document has one."""
        for parameter in map(self._resolve, facts.get("parameters", [])):
            if parameter["in"] != "path":
                continue
            schema = self._resolve(parameter.get("schema", {}))
            examples = [each["value"] for each in parameter.get("examples", {}).values()]
            examples += [parameter.get("example"), *schema.get("examples", [])]
            examples.append(EXAMPLES_BY_FORMAT.get(schema.get("format", "")))
            known = next((each for each in examples if each), None)
            if known is not None:
                path = path.replace(f"{{{parameter['name']}}}", quote(str(known), safe=""))
        return path

    def _write_request(self, path: str, method: str, facts: Schema, body: Schema | None) -> str:
        path = self._fill_path(path, facts)
        lines = [f"curl -X {method} '{self._base_url}{path}'" if method != "GET" else
                 f"curl '{self._base_url}{path}'"]  # fmt: skip
        if "401" in facts.get("responses", {}):
            lines.append('-H "Authorization: Bearer $MILEPOST_TOKEN"')
        lines.extend(
            f'-H "{parameter["name"]}: $(uuidgen)"'
            for parameter in map(self._resolve, facts.get("parameters", []))
            if parameter["in"] == "header" and parameter.get("required")
        )
        if body is not None:
            lines.append('-H "Content-Type: application/json"')
            lines.append(f"-d '{_pretty(self._example(body, 0))}'")
        return " \\\n  ".join(lines)


def _first_example(media: Schema) -> Any:
    return next((each["value"] for each in media.get("examples", {}).values()), None)


def _tag_of(path: str) -> str:
    parts = [part for part in path.split("/") if part not in ("", "api", "v1")]
    return parts[0].replace("-", " ") if parts else "api"


def _as_sentence(title: str) -> str:
    """Undo the Capitals That FastAPI Gives to a function's name."""
    return title.capitalize() if title.istitle() else title


def _pretty(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
