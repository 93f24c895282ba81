"""Bodies that are sent: media types, codings, what can't be decoded, what comes too slowly."""

import asyncio
import json

import pytest

from milepost.http.request_bodies import LARGEST_BODY_BYTES, BodyLimits

SUBMISSION = {"lab": "adding", "stack": "python", "files": {"adding.py": ""}}
FORM = "application/x-www-form-urlencoded"
COURSE_FORM = "/paths/tiny/skills/basics/course"
TAKES_JSON = [
    ("post", "/api/v1/submissions", SUBMISSION),
    ("put", "/api/v1/courses/tiny/basics/state", {"state": "started"}),
    ("put", "/api/v1/me/track", {"language": "python", "framework": "fastapi"}),
    ("post", "/api/v1/device-authorizations", {"client_name": "a test"}),
    ("post", "/api/v1/tokens", {"device_code": "guess"}),
]


@pytest.fixture
async def learner(client, make):
    await make.lab()
    return client.log_in(await make.learner())


@pytest.mark.parametrize("kind", ["text/plain", "text/json", FORM, None])
async def test_json_under_another_media_type_is_refused_with_what_is_taken(learner, kind):
    headers = {} if kind is None else {"content-type": kind}
    for method, address, body in TAKES_JSON:
        content = json.dumps(body).encode()
        response = await learner.request(method, address, content=content, headers=headers)

        assert response.status_code == 415, address
        assert response.headers["accept"] == "application/json"
        assert response.json()["code"] == "media_type_not_taken"
        assert "Content-Type: application/json" in response.json()["detail"]


async def test_media_types_that_name_json_are_taken(learner):
    for kind in ("application/json; charset=utf-8", "APPLICATION/JSON", "application/x+json"):
        response = await learner.put(
            "/api/v1/courses/tiny/basics/state",
            content=b'{"state": "started"}',
            headers={"content-type": kind},
        )
        assert response.status_code == 200, kind


async def test_who_is_not_signed_in_is_told_that_first(client):
    response = await client.post("/api/v1/submissions", content=b"<xml/>")

    assert response.status_code == 401


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"{", "it is not JSON"),
        (b"{'lab': 1}", "it is not JSON"),
        (b'{"lab": "\xff"}', "it is not UTF-8"),
        (b"[" * 5000, "it is nested too deeply"),
    ],
)
async def test_a_body_that_cannot_be_decoded_is_always_told_in_one_way(learner, content, reason):
    headers = {"content-type": "application/json"}
    for method, address, _ in TAKES_JSON:
        response = await learner.request(method, address, content=content, headers=headers)

        assert response.status_code == 400, address
        assert response.json()["code"] == "body_not_readable"
        assert reason in response.json()["detail"]


async def test_no_body_at_all_is_a_missing_field_rather_than_a_wrong_type(learner):
    response = await learner.post("/api/v1/submissions")

    assert response.status_code == 422
    assert response.json()["code"] == "request_not_valid"


async def test_a_compressed_body_is_refused_with_how_to_send_it(learner):
    for address in ("/api/v1/submissions", "/track", COURSE_FORM):
        for coding in ("gzip", "br", "GZIP", "gzip, gzip"):
            headers = {"content-encoding": coding}
            response = await learner.post(address, content=b"x", headers=headers)

            assert response.status_code == 415, (address, coding)
            assert response.headers["accept-encoding"] == "identity"
            assert "without Content-Encoding" in response.text


async def test_a_body_that_says_it_is_not_coded_is_read(learner):
    response = await learner.post(
        "/api/v1/submissions", json=SUBMISSION, headers={"content-encoding": "identity"}
    )

    assert response.status_code == 202


@pytest.mark.parametrize(
    ("content", "kind", "status", "told"),
    [
        (b'{"state": "none"}', "application/json", 415, FORM),
        (b"state=none", "text/plain", 415, FORM),
        (b"state=none", None, 415, FORM),
        (b"state=\xff", FORM, 400, "not UTF-8"),
        (b"state=%FF", FORM, 400, "not UTF-8"),
        (b"&".join(b"a%d=1" % n for n in range(30)), FORM, 400, "more than 20 fields"),
        (b"state=%00&language=%00&framework=a&code=%00", FORM, 400, "control character"),
    ],
)
async def test_a_form_that_cannot_be_read_is_told_on_a_page_and_changes_nothing(
    learner, content, kind, status, told
):
    await learner.post(COURSE_FORM, data={"state": "started"})

    headers = {} if kind is None else {"content-type": kind}
    for address in (COURSE_FORM, "/track", "/device", "/account/sign-out"):
        response = await learner.post(address, content=content, headers=headers)

        assert response.status_code == status, address
        assert response.headers["content-type"].startswith("text/html")
        assert told in response.text
    courses = (await learner.get("/api/v1/courses")).json()["items"]
    assert courses[0]["state"] == "started"


@pytest.mark.parametrize("form", [{"state": "garbage"}, {"state": ""}, {"State": "none"}, {}])
async def test_a_state_that_no_course_has_keeps_what_was_there(learner, form):
    await learner.post(COURSE_FORM, data={"state": "finished"})
    before = (await learner.get("/api/v1/courses")).json()

    response = await learner.post(COURSE_FORM, data=form)

    assert response.status_code == 422
    assert "no state of a course" in response.text
    assert (await learner.get("/api/v1/courses")).json() == before


async def test_stopping_a_course_still_forgets_it(learner):
    await learner.post(COURSE_FORM, data={"state": "finished"})

    response = await learner.post(COURSE_FORM, data={"state": "none"})

    assert response.status_code == 303
    courses = (await learner.get("/api/v1/courses")).json()["items"]
    assert courses[0]["state"] == "none"


@pytest.mark.parametrize("is_declared", [True, False])
async def test_a_body_beyond_all_that_is_accepted_is_refused(learner, is_declared):
    async def chunks():
        for _ in range(4):
            yield b" " * (LARGEST_BODY_BYTES // 3)

    headers = {"content-type": "application/json"}
    if is_declared:
        headers["content-length"] = str(4 * (LARGEST_BODY_BYTES // 3))
    response = await learner.post("/api/v1/submissions", content=chunks(), headers=headers)

    assert response.status_code == 413
    assert response.json()["code"] == "request_too_large"


@pytest.mark.parametrize(
    ("address", "kind"), [("/api/v1/submissions", "application/json"), ("/track", FORM)]
)
async def test_a_body_that_trickles_is_given_up(app, make, address, kind):
    learner = await make.learner()
    sent = await send_slowly(app, address, kind, learner)

    start, body = sent[0], b"".join(each.get("body", b"") for each in sent[1:])
    headers = {name.decode(): value.decode() for name, value in start["headers"]}
    assert start["status"] == 408
    assert headers["connection"] == "close"
    assert b"had not arrived after 0.3 seconds" in body


async def send_slowly(app, address, kind, learner):
    """Send a byte every tenth of a second to the application, where 0.3 seconds are allowed."""
    sent = []

    async def receive():
        await asyncio.sleep(0.1)
        return {"type": "http.request", "body": b" ", "more_body": True}

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": address,
        "raw_path": address.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [
            (b"host", b"milepost.test"),
            (b"content-type", kind.encode()),
            (b"cookie", f"milepost={learner.session}".encode()),
        ],
        "client": ("127.0.0.1", 1),
        "server": ("milepost.test", 80),
    }
    await asyncio.wait_for(BodyLimits(app, seconds=0.3)(scope, receive, send), 5)
    return sent
