"""Checks of what the document names."""

from milepost.engine.checks import check
from milepost.engine.checks.answers import read_object, require_json_type
from milepost.engine.checks.comparing import require_equal

from checks.support import AS_BEFORE, OPERATIONS, add, ask, make_up, make_up_loan, open_document


@check(task="tell-what-there-is", objectives=["rest-apis.openapi-documentation"])
def test_the_document_can_be_read(service):
    """The document is at /openapi.json, and can be read"""
    open_document(service)
    info = read_object(service.get("/openapi.json"), info="an object")["info"]

    for name in ("title", "version"):
        require_json_type(info.get(name), f"info.{name}", "a text", "OpenAPI asks for it, and readers see it first")


@check(task="tell-what-there-is", objectives=["rest-apis.openapi-documentation"])
def test_every_operation_is_told(service):
    """The document names the five operations of the service, and no other"""
    open_document(service).require_operations(OPERATIONS)


@check(task="tell-what-there-is", objectives=["rest-apis.openapi-documentation"])
def test_what_stands_in_a_path_is_told(service):
    """What stands in braces in a path is told as a parameter"""
    document = open_document(service)

    for name in OPERATIONS[2:]:
        document.get_operation(name)
    document.require_path_parameters()


@check(task="tell-what-there-is", objectives=["rest-apis.openapi-documentation"])
def test_the_service_is_as_it_was(service, random):
    """The service does what it did before"""
    tools = [make_up(random, kind=kind) for kind in ("hand", "power", "power")]
    shown = [{"id": number, **tool, "loan": None} for number, tool in enumerate(tools, 1)]
    for tool, expected in zip(tools, shown, strict=True):
        place, answer = add(service, tool)
        require_equal(answer.json(), expected, f"A new tool is shown with its fields. {AS_BEFORE}")
        require_equal(answer.headers.get("location"), place, f"A new tool has an address. {AS_BEFORE}")
    loan = make_up_loan(random)
    shown[1]["loan"] = loan
    lent = ask(service, 201, "POST", "/tools/2/loan", json=loan)
    require_equal(lent.json(), shown[1], f"A tool that was lent is shown with its loan. {AS_BEFORE}")
    ask(service, 409, "POST", "/tools/2/loan", json=loan)
    ask(service, 409, "DELETE", "/tools/2")
    ask(service, 204, "DELETE", "/tools/1")
    ask(service, 404, "GET", "/tools/1")

    for query, expected in (({}, shown[1:]), ({"kind": "hand"}, []), ({"limit": 1}, shown[1:2])):
        answer = ask(service, 200, "GET", "/tools", params=query)
        require_equal(answer.json(), {"items": expected}, f"The list holds the tools that are there. {AS_BEFORE}")
    for _ in range(20):
        add(service, make_up(random))
    listed = read_object(ask(service, 200, "GET", "/tools"), items="a list")["items"]
    require_equal(len(listed), 20, f"Without `limit` the list holds 20 tools at most. {AS_BEFORE}")
    refused = read_object(ask(service, 422, "POST", "/tools", json=make_up(random, kind=7)), errors="a list")
    fields = [each.get("field") for each in refused["errors"] if isinstance(each, dict)]
    require_equal(fields, ["kind"], f"A refusal names the field that is wrong. {AS_BEFORE}")
