"""A learner's OpenAPI document against what their service did: both ways, in three versions."""

import json
from contextlib import suppress
from copy import deepcopy
from random import Random
from typing import Any

import pytest

from engine.test_answer_helpers import answer, message_of
from milepost.engine.checks.answers import PROBLEM
from milepost.engine.checks.openapi import read_document

TEXT = {"type": "string"}
TOOL: dict[str, Any] = {
    "type": "object",
    "required": ["id", "kind", "loan"],
    "properties": {
        "id": {"type": "integer"},
        "kind": {"type": "string", "enum": ["hand", "power"]},
        "loan": {"type": ["object", "null"], "properties": {"days": {"type": "integer"}}},
    },
}
NEW = {
    "type": "object",
    "required": ["kind"],
    "properties": {
        "kind": {"enum": ["hand", "power"]},
        "days": {"type": "integer", "minimum": 1, "maximum": 28},
        "name": {"type": "string", "minLength": 1, "maxLength": 60},
    },
}
REFUSAL = {"type": "object", "required": ["status"], "properties": {"status": {"type": "integer"}}}
GOOD = {"id": 1, "kind": "hand", "loan": None}


def body(schema, kind="application/json"):
    return {"description": "", "content": {kind: {"schema": schema}}}


def draw(seed=1):
    return Random(seed)  # noqa: S311 - as a run has it


def make(version="3.1.0", **more):
    """Make a document of a small service."""
    return {
        "openapi": version,
        "info": {"title": "Tools", "version": "1"},
        "paths": {
            "/tools": {
                "get": {
                    "parameters": [
                        {
                            "name": "limit",
                            "in": "query",
                            "schema": {"type": "integer", "minimum": 1, "maximum": 50},
                        }
                    ],
                    "responses": {"200": body({"type": "array", "items": TOOL})},
                },
                "post": {
                    "requestBody": {"content": {"application/json": {"schema": NEW}}},
                    "responses": {
                        "201": {**body(TOOL), "headers": {"Location": {"schema": TEXT}}},
                        "422": body(REFUSAL, PROBLEM),
                    },
                },
            },
            "/tools/{id}": {
                "parameters": [{"name": "id", "in": "path", "required": True, "schema": TEXT}],
                "get": {"responses": {"200": body(TOOL), "404": body(REFUSAL, PROBLEM)}},
                "delete": {"responses": {"204": {"description": "gone"}}},
            },
        },
        **more,
    }


def read(document):
    return read_document(answer(body=document, title="GET /openapi.json"))


def refuse(document):
    return message_of(lambda: read(document))


def shown(value, status=200, title="GET /tools/1", kind="application/json"):
    return answer(status, value, kind, title)


# What can be read


@pytest.mark.parametrize("version", ["3.0.4", "3.1.2", "3.2.0"])
def test_each_version_is_read(version):
    assert [each.name for each in read(make(version)).operations] == [
        "GET /tools",
        "POST /tools",
        "DELETE /tools/{id}",
        "GET /tools/{id}",
    ]


@pytest.mark.parametrize("version", ["2.0", "3.3.0", "4.0.0", 3.1, None, "3.1", "v3.1.0"])
def test_other_versions_are_refused_in_words(version):
    message = refuse(make(version))

    assert "openapi" in message


@pytest.mark.parametrize("text", ["openapi: 3.1.0\npaths: {}", "<html>", "", "[]", '{"openapi": '])
def test_what_is_no_json_object_is_refused_in_words(text):
    assert message_of(lambda: read_document(answer(body=text, title="GET /openapi.json")))


def test_a_document_that_is_nested_200_deep_is_refused_in_words():
    deep = "[" * 200 + "]" * 200

    message = message_of(lambda: read_document(answer(body=f'{{"openapi": "3.1.0", "x": {deep}}}')))

    assert "nested deeper than 64 levels" in message


@pytest.mark.parametrize("part", ["paths", "info"])
@pytest.mark.parametrize("value", [None, [], "x"])
def test_a_document_whose_parts_are_none_is_refused_in_words(part, value):
    assert part in refuse({**make(), part: value})


@pytest.mark.parametrize(
    "reference",
    [
        "http://localhost/tool.json",
        "https://example.com/a#/b",
        "tool.json#/Tool",
        "file:///etc/hostname",
    ],
)
def test_a_reference_that_leads_out_is_refused_and_never_fetched(reference):
    document = make(components={"schemas": {"Tool": {"$ref": reference}}})

    message = refuse(document)

    assert reference in message
    assert "nothing is fetched" in message


@pytest.mark.parametrize("reference", ["#/nowhere", "#/paths/~1tools/7", "#/paths/~1tools/get/x"])
def test_a_reference_to_nothing_is_refused_in_words(reference):
    assert "leads nowhere" in refuse(make(components={"schemas": {"A": {"$ref": reference}}}))


@pytest.mark.parametrize(
    "schemas",
    [
        {"A": {"$ref": "#/components/schemas/A"}},
        {"A": {"$ref": "#/components/schemas/B"}, "B": {"$ref": "#/components/schemas/A"}},
        {"A": {"allOf": [{"anyOf": [{"$ref": "#/components/schemas/A"}]}]}},
        {"A": {"not": {"$ref": "#/components/schemas/A"}}},
    ],
)
def test_a_schema_that_is_itself_is_refused_in_words(schemas):
    assert "leads in a circle" in refuse(make(components={"schemas": schemas}))


def test_a_schema_that_holds_itself_is_fine():
    node = {
        "type": "object",
        "required": ["child"],
        "properties": {
            "child": {"anyOf": [{"$ref": "#/components/schemas/Node"}, {"type": "null"}]}
        },
    }
    document = make(components={"schemas": {"Node": node}})
    document["paths"]["/tools/{id}"]["get"]["responses"]["200"] = body(
        {"$ref": "#/components/schemas/Node"}
    )

    opened = read(document)

    opened.require_told(shown({"child": {"child": None}}))
    assert "child" in message_of(lambda: opened.require_told(shown({"child": {"child": 7}})))


def follow(schemas, first):
    """Make a document whose answers have the first of these schemas."""
    document = make(components={"schemas": schemas})
    told = body({"$ref": f"#/components/schemas/{first}"})
    document["paths"]["/tools/{id}"]["get"]["responses"]["200"] = told
    return read(document)


def test_schemas_that_multiply_are_refused_in_words():
    schemas = {
        f"S{n}": {"allOf": [{"$ref": f"#/components/schemas/S{n + 1}"}] * 2} for n in range(13)
    }
    document = follow({**schemas, "S13": TEXT}, "S0")

    assert "more ways" in message_of(lambda: document.require_told(shown('"x"')))


def test_a_schema_that_holds_itself_twice_is_refused_where_a_value_is_deep():
    inner = {"properties": {"child": {"$ref": "#/components/schemas/Node"}}}
    document = follow({"Node": {"anyOf": [inner, inner]}}, "Node")
    deep = {}
    for _ in range(13):
        deep = {"child": deep}

    document.require_told(shown({"child": {"child": {}}}))
    assert "more ways" in message_of(lambda: document.require_told(shown(deep)))


def test_a_deep_value_of_a_plain_schema_is_fine():
    node = {
        "properties": {name: {"$ref": "#/components/schemas/Node"} for name in ("left", "right")}
    }
    deep = {}
    for _ in range(50):
        deep = {"left": deep, "right": {}}

    follow({"Node": node}, "Node").require_told(shown(deep))


@pytest.mark.parametrize("word", ["$id", "$dynamicRef"])
def test_words_that_move_references_are_refused(word):
    assert word in refuse(make(components={"schemas": {"A": {word: "http://localhost/x"}}}))


@pytest.mark.parametrize("schema", [{"type": "strin"}, {"pattern": "("}, {"properties": 3}, 7, "x"])
def test_a_schema_that_is_none_is_told_with_its_place(schema):
    document = make()
    document["paths"]["/tools/{id}"]["get"]["responses"]["200"] = body(schema)

    message = message_of(lambda: read(document).require_told(shown(GOOD)))

    assert "can't be read" in message
    assert "GET /tools/{id}, its 200" in message


def test_more_operations_than_are_read_are_refused_in_words():
    paths = {f"/{n}": {"get": {"responses": {}}} for n in range(201)}

    assert "201 operations" in message_of(lambda: read(make(paths=paths)).operations)


# What the service does and the document does not tell


def test_what_is_told_passes():
    document = read(make())

    document.require_told(shown(GOOD))
    document.require_told(shown([GOOD], title="GET /tools?limit=3"))
    document.require_told(shown({"status": 404}, 404, kind=PROBLEM))
    document.require_told(shown("", 204, "DELETE /tools/1"))
    document.require_headers(shown(GOOD, 201, "POST /tools"), "Location")


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (shown(GOOD, title="GET /lost"), "says nothing of `GET /lost`"),
        (shown(GOOD, title="PUT /tools/1"), "says nothing of `PUT /tools/1`"),
        (shown(GOOD, 202), "does not name that status"),
        (shown({"status": 404}, 404), "is `application/problem+json`"),
        (shown("<p>", kind="text/html"), "is `application/json`"),
        (shown({**GOOD, "owner": "Bo"}), "does not name: `/owner`"),
        (shown({**GOOD, "loan": {"days": 1, "by": "Bo"}}), "does not name: `/loan/by`"),
        (shown({"id": 1, "kind": "hand"}), '"loan" is a required property'),
        (shown({**GOOD, "id": "1"}), "at /id"),
        (shown({**GOOD, "kind": "\ud800"}), "at /kind"),
        (shown(GOOD, 204, "DELETE /tools/1"), "without a body"),
        (shown("", 200), "says that the 200"),
    ],
)
def test_what_is_not_told_is_named(given, says):
    assert says in message_of(lambda: read(make()).require_told(given))


def test_a_header_that_is_not_told_is_named():
    assert "`ETag`" in message_of(
        lambda: read(make()).require_headers(shown(GOOD, 201, "POST /tools"), "ETag")
    )


def test_operations_are_held_both_ways():
    document = read(make())
    names = ["GET /tools", "POST /tools", "GET /tools/{number}", "DELETE /tools/{number}"]

    document.require_operations(names)
    assert "`PUT /tools`" in message_of(lambda: document.require_operations([*names, "PUT /tools"]))
    assert "tells of `POST /tools`" in message_of(
        lambda: document.require_operations([each for each in names if each != "POST /tools"])
    )


def test_parameters_of_paths_go_by_their_names():
    document = make()
    read(document).require_path_parameters()
    document["paths"]["/tools/{id}"]["parameters"][0]["name"] = "number"

    assert "names in braces" in message_of(lambda: read(document).require_path_parameters())


def test_a_server_with_a_path_stands_before_each():
    document = make(servers=[{"url": "http://localhost:8000/api/"}])

    read(document).require_told(shown(GOOD, title="GET /api/tools/1"))


def test_a_fixed_path_goes_before_one_with_a_parameter():
    document = make()
    document["paths"]["/tools/latest"] = {"get": {"responses": {"200": body(TEXT)}}}

    read(document).require_told(shown('"x"', title="GET /tools/latest"))


# What the document tells and the service does not do


def test_a_status_that_never_comes_is_named():
    document = read(make())
    seen = [shown(GOOD), shown({"status": 404}, 404, kind=PROBLEM)]

    document.require_statuses(seen)
    assert "may answer `404`" in message_of(lambda: document.require_statuses(seen[:1]))


@pytest.mark.parametrize("status", ["default", "4XX"])
def test_a_status_without_a_number_counts_for_none(status):
    document = make()
    responses = document["paths"]["/tools/{id}"]["get"]["responses"]
    responses[status] = responses.pop("404")
    given = shown({"status": 404}, 404, kind=PROBLEM)

    assert "by its number" in message_of(lambda: read(document).require_told(given))
    assert f"`{status}`" in message_of(
        lambda: read(document).require_statuses([shown(GOOD), given])
    )


def test_answers_are_told_narrowly():
    read(make()).require_narrow([shown(GOOD), shown({**GOOD, "loan": {"days": 3}})])


@pytest.mark.parametrize(
    ("schema", "says"),
    [
        ({}, "the whole of it is"),
        (True, "the whole of it is"),
        ({"type": "object"}, "is"),
        ({**TOOL, "required": ["id", "kind"]}, "`loan` is missing"),
        ({**TOOL, "properties": {**TOOL["properties"], "kind": {}}}, "`kind` is an object"),
        ({"anyOf": [TOOL, {}]}, "the whole of it is"),
    ],
)
def test_a_schema_that_allows_too_much_is_named(schema, says):
    document = make()
    document["paths"]["/tools/{id}"]["get"]["responses"]["200"] = body(schema)
    answers = [shown(GOOD), shown({**GOOD, "loan": {"days": 3}})]

    assert says in message_of(lambda: read(document).require_narrow(answers))


# What may be sent


def list_trials(document, seed=1):
    return read(document).list_body_trials("POST /tools", {"kind": "hand"}, draw(seed))


def test_trials_lie_on_both_sides_of_each_border():
    days = {
        each.value["days"]: each.is_allowed
        for each in list_trials(make())
        if type(each.value.get("days")) is int
    }

    assert {0: False, 1: True, 28: True, 29: False}.items() <= days.items()
    lengths = {
        len(each.value["name"]): each.is_allowed
        for each in list_trials(make())
        if str(each.value.get("name", "-")).strip("x") == ""
    }
    assert lengths == {0: False, 1: True, 2: True, 59: True, 60: True, 61: False}


def test_trials_are_drawn_from_the_seed():
    assert list_trials(make(), 7) == list_trials(make(), 7)


def test_trials_follow_references_and_branches():
    document = make(components={"schemas": {"New": {"allOf": [NEW]}}})
    document["paths"]["/tools"]["post"]["requestBody"] = {
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/New"}}}
    }

    assert list_trials(document) == list_trials(make())


def test_agreement_is_asked_both_ways():
    document = read(make())
    right = document.judge_body("POST /tools", {"kind": "hand"}, "a tool")
    wrong = document.judge_body("POST /tools", {"kind": "lost"}, "a lost tool")

    document.require_agreement(right, shown(GOOD, 201, "POST /tools"))
    document.require_agreement(wrong, shown("", 422, "POST /tools"))
    assert "allows a tool" in message_of(
        lambda: document.require_agreement(right, shown("", 422, "POST /tools"))
    )
    assert "forbids a lost tool" in message_of(
        lambda: document.require_agreement(wrong, shown(GOOD, 201, "POST /tools"))
    )


def test_queries_are_tried_at_their_borders():
    trials = read(make()).list_query_trials("GET /tools", {}, draw())
    found = {each.value.get("limit"): each.is_allowed for each in trials}

    assert {
        "0": False,
        "1": True,
        "50": True,
        "51": False,
        "seven": False,
        None: True,
    }.items() <= found.items()


def test_a_body_that_is_not_told_is_named():
    assert "does not say what to send" in message_of(
        lambda: read(make()).judge_body("GET /tools", {}, "x")
    )


# Words of one version


def test_version_3_0_has_words_of_its_own():
    document = make("3.0.3")
    document["paths"]["/tools/{id}"]["get"]["responses"]["200"] = body(
        {
            "type": "object",
            "required": ["year", "price"],
            "properties": {
                "year": {"type": "integer", "nullable": True},
                "price": {"type": "number", "minimum": 0, "exclusiveMinimum": True},
            },
        }
    )
    opened = read(document)

    opened.require_told(shown({"year": None, "price": 1}))
    assert "at /price" in message_of(lambda: opened.require_told(shown({"year": 1, "price": 0})))
    document["openapi"] = "3.1.0"  # which has no such words
    assert message_of(lambda: read(document).require_told(shown({"year": None, "price": 1})))


def test_version_3_2_has_further_methods():
    document = make("3.2.0")
    document["paths"]["/tools"]["query"] = {"responses": {"200": body(TOOL)}}
    document["paths"]["/tools"]["additionalOperations"] = {
        "COPY": {"responses": {"200": body(TOOL)}}
    }

    opened = read(document)

    opened.require_told(shown(GOOD, title="QUERY /tools"))
    opened.require_told(shown(GOOD, title="COPY /tools"))


# Whatever is written

ODD: list[object] = [None, 7, "x", [], [7], {}, {"x": 7}, True, "\ud800", {"$ref": 7}, {"type": 7}]


@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_no_part_that_is_odd_breaks_a_check(odd):
    """Each part of a document is odd in turn: it passes, or is refused in words."""
    for path in _list_paths(make(), ()):
        document = deepcopy(make())
        holder = document
        for step in path[:-1]:
            holder = holder[step]
        holder[path[-1]] = odd
        with suppress(AssertionError):
            _use(document)


def _use(document):
    text = json.dumps(document)
    opened = read_document(answer(body=text, title="GET /openapi.json"))
    opened.require_operations(["GET /tools", "POST /tools", "GET /tools/{x}", "DELETE /tools/{x}"])
    opened.require_path_parameters()
    opened.require_told(shown(GOOD))
    opened.require_narrow([shown(GOOD)])
    opened.require_statuses([shown(GOOD)])
    opened.list_body_trials("POST /tools", {"kind": "hand"}, draw())
    opened.list_query_trials("GET /tools", {}, draw())


def _list_paths(node, path):
    if path:
        yield path
    if isinstance(node, dict):
        for name, inner in node.items():
            yield from _list_paths(inner, (*path, name))
    elif isinstance(node, list):
        for number, inner in enumerate(node):
            yield from _list_paths(inner, (*path, number))
