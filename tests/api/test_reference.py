"""The OpenAPI document, from which the reference page is made."""

import pytest

from milepost.main import create_app

OPERATIONS = {
    ("get", "/api/v1/paths"): "list_paths",
    ("get", "/api/v1/paths/{path}"): "show_path",
    ("get", "/api/v1/courses"): "list_courses",
    ("put", "/api/v1/courses/{path}/{skill}/state"): "set_course_state",
    ("get", "/api/v1/labs"): "list_labs",
    ("get", "/api/v1/labs/{lab}"): "show_lab",
    ("get", "/api/v1/labs/{lab}/package"): "download_lab_package",
    ("get", "/api/v1/labs/{lab}/drafts"): "list_drafts",
    ("get", "/api/v1/labs/{lab}/drafts/{stack}"): "show_draft",
    ("put", "/api/v1/labs/{lab}/drafts/{stack}"): "save_draft",
    ("delete", "/api/v1/labs/{lab}/drafts/{stack}"): "delete_draft",
    ("post", "/api/v1/submissions"): "submit_solution",
    ("get", "/api/v1/submissions"): "list_submissions",
    ("get", "/api/v1/submissions/{submission}"): "show_submission",
    ("get", "/api/v1/submissions/{submission}/gradings"): "list_gradings",
    ("post", "/api/v1/submissions/{submission}/hints"): "open_hint",
    ("get", "/api/v1/gradings/{grading}"): "show_grading",
    ("get", "/api/v1/gradings/{grading}/events"): "stream_grading_events",
    ("get", "/api/v1/progress"): "show_progress",
    ("get", "/api/v1/progress/history"): "show_history",
    ("post", "/api/v1/example-runs"): "run_example",
    ("get", "/api/v1/example-runs/{run}"): "show_example_run",
    ("get", "/api/v1/search"): "search",
    ("get", "/api/v1/labs/{lab}/answers"): "show_answers",
    ("get", "/api/v1/me"): "show_me",
    ("put", "/api/v1/me/track"): "choose_track",
    ("post", "/api/v1/device-authorizations"): "request_device_authorization",
    ("post", "/api/v1/tokens"): "redeem_device_code",
    ("delete", "/api/v1/tokens/current"): "revoke_current_token",
    ("get", "/api/v1/health"): "show_health",
    ("get", "/api/v1/health/live"): "show_liveness",
    ("get", "/api/v1/health/ready"): "show_readiness",
}

FOR_ANYBODY = {
    ("get", "/api/v1/health"),
    ("get", "/api/v1/health/live"),
    ("get", "/api/v1/health/ready"),
    ("post", "/api/v1/device-authorizations"),
    ("post", "/api/v1/tokens"),
}


@pytest.fixture
async def document(client):
    return (await client.get("/api/openapi.json")).json()


def operations(document):
    return {
        (method, path): operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


async def test_the_reference_names_every_operation_after_its_function(document):
    named = {place: operation["operationId"] for place, operation in operations(document).items()}

    assert named == OPERATIONS


async def test_every_operation_is_described_with_the_problems_it_answers(document):
    for place, operation in operations(document).items():
        assert operation["description"], place
        assert operation["tags"], place
        for status in ("500", "503"):
            assert status in operation["responses"], place
        for status, entry in operation["responses"].items():
            if status < "400":
                continue
            assert entry["content"].keys() == {"application/problem+json"}, (place, status)
            told = entry["content"]["application/problem+json"]
            assert told["schema"] == {"$ref": "#/components/schemas/Problem"}
            for code, example in told["examples"].items():
                assert f"`{code}`" in entry["description"], (place, status)
                assert example["value"]["status"] == int(status), (place, status)


async def test_the_document_is_the_same_however_often_it_is_asked_for(client, settings, document):
    again = (await client.get("/api/openapi.json")).json()

    assert again == document
    assert create_app(settings).openapi() == document


async def test_every_operation_says_who_may_ask(document):
    assert document["components"]["securitySchemes"].keys() == {"token", "session"}
    for (method, path), operation in operations(document).items():
        either = [{"token": []}, {"session": []}]
        if path.endswith("/tokens/current"):
            either = [{"token": []}]
        needs = (method, path) not in FOR_ANYBODY
        assert operation.get("security") == (either if needs else None), (method, path)
        assert ("401" in operation["responses"]) == needs, (method, path)


async def test_what_takes_a_body_says_how_it_may_be_refused(document):
    for place, operation in operations(document).items():
        takes_body = "requestBody" in operation
        for status in ("400", "408", "413", "415"):
            assert (status in operation["responses"]) == takes_body, (place, status)
        assert ("403" in operation["responses"]) == (place[0] != "get"), place
        if "{" in place[1]:  # an address may hold what no name can
            assert "`not_found`" in operation["responses"]["404"]["description"], place


async def test_every_field_that_is_sent_has_an_example_or_a_default(document):
    sent = {
        operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        for operation in operations(document).values()
        if "requestBody" in operation
    }
    assert len(sent) == 8
    for name in sent:
        for field, schema in document["components"]["schemas"][name]["properties"].items():
            assert "examples" in schema or "default" in schema, (name, field)


async def test_what_takes_nothing_refuses_nothing(document):
    for place, operation in operations(document).items():
        takes = bool(operation.get("parameters") or operation.get("requestBody"))
        assert ("422" in operation["responses"]) == takes, place
