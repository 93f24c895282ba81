"""A learner's document as a whole: reading it, and holding what their service does against it.

Each `require_…` passes, or fails the check with a sentence that says what the document and the
service each say. A document is never believed: only what it names counts, and only what it refuses.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from random import Random
from typing import TYPE_CHECKING, Any

from milepost.engine.checks.answers import PROBLEM, read_object, require_status
from milepost.engine.checks.comparing import require_equal
from milepost.engine.checks.openapi.narrowness import find_loose
from milepost.engine.checks.openapi.operations import (
    Described,
    Operation,
    Parameter,
    list_operations,
    plain_type,
    shape_of,
)
from milepost.engine.checks.openapi.references import require_sound
from milepost.engine.checks.openapi.schemas import Schema, modernise
from milepost.engine.checks.openapi.trials import Trial, list_body_trials, list_query_trials

if TYPE_CHECKING:
    from milepost.engine.checks.http.exchange import Answer

JSON = "application/json"
_VERSION = re.compile(r"3\.[012]\.[0-9]+")
_MOST_OPERATIONS = 200


def read_document(answer: "Answer") -> "Document":
    """Read the document that an answer holds, of OpenAPI 3.0, 3.1 or 3.2.

    What can't be read fails the check in words. Nothing that it refers to is fetched.
    """
    require_status(answer, 200, "The document is read from there")
    raw = read_object(answer, "openapi")
    version = raw["openapi"]
    if not (isinstance(version, str) and _VERSION.fullmatch(version)):
        raise AssertionError(
            "Your document's `openapi` is no version that is read here. Write one of 3.0, 3.1 or"
            ' 3.2, such as "3.1.0"'
        )
    read_object(answer, info="an object", paths="an object")
    document = modernise(raw, is_old=version.startswith("3.0."))
    require_sound(document)
    return Document(document)


class Document:
    """What an OpenAPI document says of a service."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document

    @cached_property
    def operations(self) -> list[Operation]:
        """The operations that it names, a bounded number."""
        found = list_operations(self._document)
        if len(found) > _MOST_OPERATIONS:
            raise AssertionError(
                f"Your document has {len(found)} operations, more than the {_MOST_OPERATIONS} that"
                " are read here"
            )
        return found

    def get_operation(self, name: str) -> Operation:
        """Find an operation by its name, such as `GET /tools/{id}`."""
        shape = shape_of(name)
        for each in self.operations:
            if each.shape == shape:
                return each
        raise AssertionError(
            f"Your document says nothing of `{name}`. What it doesn't tell nobody can use; add the"
            " path and the method"
        )

    def require_operations(self, names: Collection[str]) -> None:
        """Fail unless it names just these operations."""
        for name in names:
            self.get_operation(name)
        wanted = {shape_of(name) for name in names}
        for each in self.operations:
            if each.shape not in wanted:
                raise AssertionError(
                    f"Your document tells of `{each.name}`, which the service does not have. Who"
                    " reads it will call it; take out what isn't there"
                )

    def require_path_parameters(self) -> None:
        """Fail unless each operation declares what stands in braces in its path."""
        for each in self.operations:
            named = {
                parameter.name
                for parameter in each.list_parameters()
                if parameter.place == "path" and parameter.is_required
            }
            require_equal(
                named,
                set(re.findall(r"\{([^{}]*)\}", each.name)),
                f"In `{each.name}` the names in braces are not those of its `parameters` with"
                " `in: path` and `required: true`. A client that is generated from the document"
                " fills in one by the other",
            )

    def require_headers(self, answer: "Answer", *names: str) -> None:
        """Fail unless it names these headers beside the answers that have them."""
        operation, said = self._find_said(answer)
        for name in names:
            if name.lower() not in said.headers:
                raise AssertionError(
                    f"Your service sends `{name}` with `{answer.title}`, and your document does not"
                    f" name it among the `headers` of the {int(answer.status_code)} of"
                    f" `{operation.name}`. Clients need it; tell them"
                )

    def require_told(self, answer: "Answer") -> None:
        """Fail unless it names an answer's status, media type and fields, and all fits."""
        operation, said = self._find_said(answer)
        if not answer.content:
            self._require_no_body(answer, operation, said)
            return
        schema = _require_schema(answer, operation, said)
        value = answer.json()
        wrong = schema.explain(value)
        if wrong:
            raise AssertionError(
                f"Your service's answer to `{answer.title}` is not what your document says of"
                f" {schema.where}: {wrong}. One of the"
                " two is wrong; the brief says which"
            )
        unnamed = schema.list_unnamed(value)
        if unnamed:
            raise AssertionError(
                f"Your service's answer to `{answer.title}` has a field that your document does"
                f" not name: `{unnamed[0]}`. What"
                f" isn't named can't be used; add it to the `properties` of {schema.where}"
            )

    def require_narrow(self, answers: Sequence["Answer"]) -> None:
        """Fail if it would let through copies of these answers with one thing in them spoiled.

        A field is removed that all answers of its kind have, or gets a type that it has in none.
        """
        grouped: dict[tuple[str, str], list[Any]] = {}
        schemas: dict[tuple[str, str], Schema] = {}
        for answer in (each for each in answers if each.content):
            operation, said = self._find_said(answer)
            schema = _require_schema(answer, operation, said)
            key = (schema.where, answer.title.partition(" ")[0])
            schemas.setdefault(key, schema)
            grouped.setdefault(key, []).append(answer.json())
        for key, values in grouped.items():
            loose = find_loose(schemas[key], values)
            if loose is not None:
                raise AssertionError(
                    f"Your document also allows an answer in which {loose}, and your service never"
                    " gives one: look at"
                    f" {schemas[key].where}. A document that allows everything is true of every"
                    " service and helps nobody; say what always holds"
                )

    def require_statuses(self, answers: Sequence["Answer"]) -> None:
        """Fail if it names a status that no answer has, for the operations of these answers."""
        seen: dict[str, set[str]] = {}
        operations = {}
        for answer in answers:
            operation = self._find_operation(answer)
            operations[operation.name] = operation
            seen.setdefault(operation.name, set()).add(str(int(answer.status_code)))
        for name, operation in operations.items():
            for status in operation.statuses:
                if status not in seen[name]:
                    raise AssertionError(
                        f"Your document says that `{name}` may answer `{status}`, and it never"
                        " does. Who reads that writes code for it;"
                        " name the statuses that there are, each by its number"
                    )

    def require_agreement(self, trial: Trial, answer: "Answer") -> None:
        """Fail unless it and the service agree on whether what was sent is right."""
        is_taken = int(answer.status_code) < 400  # noqa: PLR2004 - RFC 9110 §15.5
        if trial.is_allowed and not is_taken:
            raise AssertionError(
                f"Your document allows {trial.words}, and your service refuses that with"
                f" {answer.status_code}. Who relies on the document"
                " is refused for following it; write down the same limits as the service has"
            )
        if is_taken and not trial.is_allowed:
            raise AssertionError(
                f"Your document forbids {trial.words}, and your service takes that. A client that"
                " checks before it sends will never"
                " send what it may; write down the same limits as the service has"
            )

    def judge_body(self, name: str, body: Any, words: str) -> Trial:
        """Return what it says of a body that is about to be sent to an operation."""
        return Trial(words, body, self._require_body(name).allows(body))

    def list_body_trials(self, name: str, body: Mapping[str, Any], random: Random) -> list[Trial]:
        """List bodies at the borders of what may be sent: `body`, changed in one field each."""
        return list_body_trials(self._require_body(name), body, random)

    def list_query_trials(self, name: str, query: Mapping[str, str], random: Random) -> list[Trial]:
        """List queries at the borders of what may be asked: `query`, changed in one place each."""
        return list_query_trials(self.list_query_parameters(name), query, random)

    def list_query_parameters(self, name: str) -> list[Parameter]:
        """List what it says may stand in the query of an operation."""
        return [
            each for each in self.get_operation(name).list_parameters() if each.place == "query"
        ]

    def _require_body(self, name: str) -> Schema:
        said = self.get_operation(name).find_body()
        schema = None if said is None else said.find_schema(JSON)
        if schema is None:
            raise AssertionError(
                f"Your document does not say what to send to `{name}`. Give it a `requestBody`"
                f" with a schema for `{JSON}`"
            )
        return schema

    def _find_operation(self, answer: "Answer") -> Operation:
        method, _, target = answer.title.partition(" ")
        path = target.partition("?")[0]
        for each in self.operations:
            if each.fits(method, path):
                return each
        raise AssertionError(
            f"Your document says nothing of `{method} {path}`. What it doesn't tell nobody can"
            " use; add the path and the method"
        )

    def _find_said(self, answer: "Answer") -> tuple[Operation, Described]:
        operation = self._find_operation(answer)
        said = operation.find_response(int(answer.status_code))
        if said is None:
            named = ", ".join(operation.statuses) or "none"
            raise AssertionError(
                f"Your service answered `{answer.title}` with {answer.status_code}, and your"
                " document does not name that status for"
                f" `{operation.name}`, but {named}. A client has to know which answers to expect;"
                " name each by its number"
            )
        return operation, said

    def _require_no_body(self, answer: "Answer", operation: Operation, said: Described) -> None:
        if said.kinds:
            raise AssertionError(
                f"Your service answered `{answer.title}` without a body, and your document says"
                f" that the {int(answer.status_code)} of"
                f" `{operation.name}` has one. A client would wait for it and fail; leave out its"
                " `content`"
            )


def _require_schema(answer: "Answer", operation: Operation, said: Described) -> Schema:
    """Find the schema of an answer's media type; no other type may be named beside it."""
    kind = plain_type(answer.headers.get("content-type", ""))
    status = int(answer.status_code)
    others = [each for each in said.kinds if each != kind]
    if kind not in said.kinds or others:
        hint = (
            ". A refusal is a problem document, with a media type of its own"
            if kind == PROBLEM
            else ""
        )
        raise AssertionError(
            f"Your service sends its answer to `{answer.title}` as `{kind[:80]}`, and your"
            f" document says that the {status} of"
            f" `{operation.name}` is"
            f" {' or '.join(f'`{each[:80]}`' for each in said.kinds) or 'without a body'}{hint}"
        )
    schema = said.find_schema(kind)
    if schema is None:
        raise AssertionError(
            f"Your document names the media type of the {status} of `{operation.name}` and no"
            " schema for it. Say which fields it has"
        )
    return schema
