"""The typed client: answers as models, problems as errors, and a stream that resumes."""

import json
from datetime import UTC, datetime
from uuid import uuid4

import httpx
import pytest

from factories.content import RIGHT, WRONG
from milepost.client import ApiProblem, Client, NotMilepost, ServerUnreachable

NOW = datetime(2026, 11, 22, tzinfo=UTC).isoformat()
GRADING = str(uuid4())


def client_of(handler, url="http://milepost.test"):
    return Client(url, token="secret", transport=httpx.MockTransport(handler))


def answering(status, document):
    return lambda _request: httpx.Response(status, json=document)


def check_event(number, name):
    data = {
        "name": name, "title": name, "task": "all", "objectives": [], "hidden": False,
        "outcome": "passed", "message": "", "expected": None, "got": None, "detail": "",
        "duration_seconds": 0.1, "evidence": [],
    }  # fmt: skip
    return f"id: 1.{number}\r\nevent: check\r\ndata: {json.dumps(data)}\r\n\r\n"


def verdict_event():
    data = {
        "id": GRADING, "status": "finished", "verdict": "passed", "graded_at": NOW,
        "submission": GRADING, "attempt": 1, "queue_position": None, "message": "",
        "limit_hit": None, "usage": None, "isolation": "isolated", "stack_version": None,
        "engine_version": None, "seed": 1, "queued_at": NOW, "started_at": NOW, "checks": [],
    }  # fmt: skip
    return f"id: 1.1000000\r\nevent: verdict\r\ndata: {json.dumps(data)}\r\n\r\n"


def streaming(*parts, breaks=False):
    def content():
        yield from (part.encode() for part in parts)
        if breaks:
            raise httpx.ReadError("gone")

    return httpx.Response(200, headers={"Content-Type": "text/event-stream"}, content=content())


@pytest.fixture
def no_pause(monkeypatch):
    monkeypatch.setattr("time.sleep", lambda _seconds: None)


def test_a_problem_keeps_its_code_sentence_and_data():
    problem = {"title": "Not Found", "status": 404, "detail": "No.", "code": "lab_not_found"}

    with (
        client_of(answering(404, problem | {"lab": "x"})) as client,
        pytest.raises(ApiProblem) as caught,
    ):
        client.get_lab("x")

    assert (caught.value.code, caught.value.status, caught.value.detail) == (
        "lab_not_found",
        404,
        "No.",
    )
    assert caught.value.data["lab"] == "x"


def test_an_answer_that_comes_drop_by_drop_is_given_up(monkeypatch):
    monkeypatch.setattr("milepost.client.requests._MOST_SECONDS", -1.0)

    def drip():
        yield b"{"
        pytest.fail("it read on")

    with (
        client_of(lambda _request: httpx.Response(200, content=drip())) as client,
        pytest.raises(ServerUnreachable, match="too slowly"),
    ):
        client.get_me()


@pytest.mark.parametrize("number", ["", "x", "1.x", "9" * 5000])
def test_an_event_without_a_number_of_ours_is_no_event(number):
    event = f"id: {number}\r\nevent: started\r\ndata: {{}}\r\n\r\n"

    with (
        client_of(lambda _request: streaming(event)) as client,
        pytest.raises(NotMilepost, match="one of its events is not as this program knows it"),
    ):
        list(client.follow_grading(GRADING))


def test_nothing_listening_is_told_as_unreachable():
    with Client("http://127.0.0.1:9") as client, pytest.raises(ServerUnreachable) as caught:
        client.get_me()

    assert str(caught.value) == (
        "Milepost does not answer at http://127.0.0.1:9 (nothing listens there)."
    )


@pytest.mark.parametrize("url", ["ftp://127.0.0.1", "nonsense", "http://"])
def test_an_address_that_is_none_is_unreachable_too(url):
    with pytest.raises(ServerUnreachable), Client(url) as client:
        client.get_me()


@pytest.mark.parametrize(
    "handler",
    [
        answering(200, {"hello": "world"}),
        answering(418, "a teapot"),
        answering(307, {}),
        lambda _request: httpx.Response(200, text="<html>"),
        lambda _request: httpx.Response(404, text="<html>"),
    ],
)
@pytest.mark.parametrize("ask", [Client.get_me, Client.list_labs])
def test_another_server_is_told_apart(handler, ask):
    with client_of(handler) as client, pytest.raises(NotMilepost):
        ask(client)


def test_a_name_is_never_part_of_the_address():
    asked = []

    def handler(request):
        asked.append(request.url.raw_path)
        return httpx.Response(404, json={"code": "lab_not_found", "detail": "No."})

    with client_of(handler) as client, pytest.raises(ApiProblem):
        client.get_lab("../me?x")

    assert asked == [b"/api/v1/labs/..%2Fme%3Fx"]


@pytest.mark.usefixtures("no_pause")
def test_a_submission_whose_answer_was_lost_is_sent_again_under_the_same_key():
    keys = []

    def handler(request):
        keys.append(request.headers["Idempotency-Key"])
        raise httpx.ReadError("gone")

    with client_of(handler) as client, pytest.raises(ServerUnreachable):
        client.submit_solution(lab="adding", stack="python", files=RIGHT)

    assert len(keys) == 3
    assert len(set(keys)) == 1


@pytest.mark.usefixtures("no_pause")
def test_a_stream_is_taken_up_again_after_its_last_event():
    asked_after = []

    def handler(request):
        asked_after.append(request.headers.get("Last-Event-ID"))
        match len(asked_after):
            case 1:
                started = "id: 1.0\r\nevent: started\r\ndata: {}\r\n\r\n"
                return streaming(started, check_event(1, "one"), breaks=True)
            case 2:
                raise httpx.ConnectError("away")
            case 3:
                return httpx.Response(503, json={"code": "database_unavailable", "detail": "?"})
            case 4:
                return streaming(check_event(2, "two"))
            case _:
                return streaming(verdict_event())

    with client_of(handler) as client:
        events = list(client.follow_grading(GRADING))

    assert asked_after == [None, "1.1", "1.1", "1.1", "1.2"]
    assert [event.id for event in events] == ["1.0", "1.1", "1.2", "1.1000000"]
    assert [event.check.name for event in events if event.check] == ["one", "two"]
    assert events[-1].grading is not None
    assert events[-1].grading.verdict == "passed"


@pytest.mark.usefixtures("no_pause")
def test_a_stream_of_another_learners_grading_is_not_tried_twice():
    asked = []

    def handler(request):
        asked.append(request)
        return httpx.Response(404, json={"code": "grading_not_found", "detail": "No."})

    with client_of(handler) as client, pytest.raises(ApiProblem):
        list(client.follow_grading(GRADING))

    assert len(asked) == 1


async def test_the_client_understands_a_real_server(live_server, make):
    await make.lab(stacks=("python", "node"))
    learner = await make.learner()

    with Client(live_server, token=learner.token) as client:
        assert client.get_health().status == "ok"
        assert client.get_me().name == "Ada"
        assert client.list_paths()[0].languages[0].stack == "python"
        assert client.get_progress().paths[0].start_here == "basics"
        assert client.list_labs()[0].stacks == ("python", "node")
        assert client.get_lab("adding").starter["python"].keys() == {"adding.py"}
        assert client.download_package("adding").startswith(b"PK")
        course = client.set_course_state(path="tiny", skill="basics", state="started")
        assert course in client.list_courses()
        submission = client.submit_solution(lab="adding", stack="python", files=WRONG)
        assert client.get_grading(submission.grading.id).queue_position == 1
        device = client.request_device_authorization(client_name="a test")
        with pytest.raises(ApiProblem) as caught:
            client.redeem_device_code(device.device_code)
        assert caught.value.code == "authorization_pending"
        client.revoke_token()
        with pytest.raises(ApiProblem) as caught:
            client.get_me()
        assert caught.value.code == "sign_in_required"
