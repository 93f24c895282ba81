"""Overstating: documents of a service that nothing can prove wrong, or that nobody could read.

A document is judged by what it rules out. What it refers to is never fetched, and whatever it is, a
sentence says so.
"""

import json
from typing import Any

from security.case import Case, Caught, failed, hit
from security.labs import SMALL, Lab

_SERVICE = """
import json, os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

DOCUMENT = json.loads({document!r})

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        address = urlsplit(self.path)
        if address.path == "/openapi.json":
            return self.answer(200, DOCUMENT)
        try:
            asked = parse_qs(address.query)
            self.answer(200, {{"sum": int(asked["a"][0]) + int(asked["b"][0])}})
        except (KeyError, ValueError):
            self.answer(422, {{"error": "Two whole numbers, please."}})
    def answer(self, status, value):
        body = json.dumps(value).encode()
        {before}
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_):
        pass

ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
"""
_SUM = {"type": "object", "required": ["sum"], "properties": {"sum": {"type": "integer"}}}
_ERROR = {"type": "object", "required": ["error"], "properties": {"error": {"type": "string"}}}


def body(schema: Any) -> dict[str, Any]:
    """Say what an answer holds."""
    return {"description": "", "content": {"application/json": {"schema": schema}}}


def document(responses: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """Write a document of the service, an honest one where nothing else is said."""
    number = {"in": "query", "required": True, "schema": {"type": "integer"}}
    told = {"200": body(_SUM), "422": body(_ERROR)} if responses is None else responses
    parameters = [{"name": name, **number} for name in "ab"]
    return {
        "openapi": "3.1.0",
        "info": {"title": "Sums", "version": "1"},
        "paths": {"/sum": {"get": {"parameters": parameters, "responses": told}}},
        **more,
    }


def serve(told: dict[str, Any], before: str = "pass") -> str:
    """Write the service with a document."""
    return _SERVICE.format(document=json.dumps(told), before=before)


DOCUMENT = Lab(
    kind="service",
    checks='''
        @check(task="tell", objectives=["o"])
        def test_told(service, random):
            """The document tells what the service does, and no more"""
            from milepost.engine.checks.openapi import read_document
            told = read_document(service.get("/openapi.json"))
            told.require_operations(["GET /sum"])
            pairs = [(random.randrange(1000), random.randrange(1000)) for _ in range(3)]
            answers = [service.get("/sum", params={"a": a, "b": b}) for a, b in pairs]
            found = [answer.json() for answer in answers]
            assert found == [{"sum": a + b} for a, b in pairs], "It must add both numbers"
            answers.append(service.get("/sum", params={"a": "x", "b": 1}))
            assert answers[-1].status_code == 422, "What is no number must be refused"
            for answer in answers:
                told.require_told(answer)
            told.require_statuses(answers)
            told.require_narrow(answers)
            for trial in told.list_query_trials("GET /sum", {"a": "1", "b": "2"}, random):
                told.require_agreement(trial, service.get("/sum", params=trial.value))
        ''',
    honest={"python": {"main.py": serve(document())}},
    limits=SMALL,
)
_WITH_PARTS = {"components": {"schemas": {"Sum": _SUM, "Error": _ERROR}}}
_LOOSE = {"type": "object", "properties": {"sum": {}}}
_CIRCLE = {"Sum": {"allOf": [{"$ref": "#/components/schemas/Sum"}]}}
_DOUBLING = {
    "Sum": {"allOf": [{"$ref": "#/components/schemas/S1"}]},
    **{f"S{n}": {"allOf": [{"$ref": f"#/components/schemas/S{n + 1}"}] * 2} for n in range(1, 15)},
    "S15": _SUM,
}
_ANY_TEXT = document()
_ANY_TEXT["paths"]["/sum"]["get"]["parameters"][0]["schema"] = {}


def _refer(reference: str) -> dict[str, Any]:
    return {"200": body({"$ref": reference}), "422": body(_ERROR)}


def _case(name: str, told: dict[str, Any], says: str, twin: dict[str, Any] | None = None) -> Case:
    caught: Caught = failed("test_told", says)
    return Case(name, DOCUMENT, serve(told), serve(twin or document()), caught)


def _deep(levels: int) -> dict[str, Any]:
    nested: Any = 1
    for _ in range(levels):
        nested = [nested]
    return {"x-nested": nested}


CASES = (
    _case(
        "allows everything", document({"200": body({}), "422": body({})}), "Your service's answer"
    ),
    _case(
        "allows all, by one word",
        document({"200": body(True), "422": body(True)}),
        "Your service's",
    ),
    _case(
        "answers by default only",
        document({"default": body({"anyOf": [_SUM, _ERROR]})}),
        "Your service answered `GET /sum",
    ),
    _case(
        "answers by ranges of statuses",
        document({"2XX": body(_SUM), "4XX": body(_ERROR)}),
        "Your service answered `GET /sum",
    ),
    _case(
        "names every status there is",
        document({"200": body(_SUM), **{str(n): body(_ERROR) for n in range(400, 430)}}),
        "Your document says that `GET /sum` may answer `400`",
    ),
    _case(
        "names fields and says nothing of them",
        document({"200": body(_LOOSE), "422": body(_ERROR)}),
        "Your document also allows an answer in which",
    ),
    _case(
        "leaves a way out beside the truth",
        document({"200": body({"anyOf": [_SUM, {}]}), "422": body(_ERROR)}),
        "Your document also allows an answer in which",
        document({"200": body({"anyOf": [_SUM]}), "422": body(_ERROR)}),
    ),
    _case("lets anything be sent", _ANY_TEXT, "Your document allows a `a` that is"),
    _case(
        "has its schema fetched",
        document(_refer("http://localhost:8000/schema.json")),
        "Your document's reference `http://localhost:8000/schema.json` leads out",
        document(_refer("#/components/schemas/Sum"), **_WITH_PARTS),
    ),
    _case(
        "has a file of the checks read",
        document(_refer("file:///lab/checks.py")),
        "Your document's reference `file:///lab/checks.py` leads out",
    ),
    _case(
        "refers in a circle",
        document(_refer("#/components/schemas/Sum"), components={"schemas": _CIRCLE}),
        "Your document's reference `#/components/schemas/Sum` leads in a circle",
        document(_refer("#/components/schemas/Sum"), **_WITH_PARTS),
    ),
    _case(
        "makes one schema into thousands",
        document(_refer("#/components/schemas/Sum"), components={"schemas": _DOUBLING}),
        "The schema of GET /sum, its 200, application/json looks at one value",
        document(_refer("#/components/schemas/Sum"), **_WITH_PARTS),
    ),
    _case(
        "is nested 200 deep",
        document(**_deep(200)),
        "`GET /openapi.json` should be answered with JSON",
        document(**_deep(20)),
    ),
    Case(
        "is of 50 MB",
        DOCUMENT,
        serve(document(), 'body = body.ljust(50_000_000) if "openapi" in value else body'),
        serve(document(), 'body = body.ljust(50_000) if "openapi" in value else body'),
        hit("output_bytes", "test_told", "The answer to `GET /openapi.json` is larger than"),
    ),
)
