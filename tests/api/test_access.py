"""Who may ask: sessions, tokens, terminals that are let in, and other sites' pages."""

import httpx
import pytest

from milepost.accounts.service import terminals
from milepost.main import create_app

READS = ("paths", "courses", "labs", "submissions", "progress", "search?q=a", "me")


@pytest.mark.parametrize("address", READS)
async def test_nobody_is_told_to_sign_in(client, address):
    response = await client.get(f"/api/v1/{address}")

    assert response.status_code == 401
    assert response.headers["www-authenticate"] == "Bearer"
    assert response.json()["code"] == "sign_in_required"


@pytest.mark.parametrize("address", READS)
async def test_a_token_reads_what_a_session_reads(client, make, address):
    learner = await make.learner()

    by_token = await client.with_token(learner).get(f"/api/v1/{address}")
    by_session = await client.log_in(learner).get(f"/api/v1/{address}")

    assert by_token.status_code == 200
    assert by_token.json() == by_session.json()


async def test_a_made_up_token_is_nobodys(client):
    response = await client.get("/api/v1/me", headers={"Authorization": "Bearer made-up"})

    assert response.status_code == 401


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
    ],
)
async def test_another_sites_page_can_change_nothing(client, make, queue, headers):
    await make.lab()
    visitor = client.log_in(await make.learner())
    body = {"lab": "adding", "stack": "python", "files": {"adding.py": ""}}

    response = await visitor.post("/api/v1/submissions", json=body, headers=headers)

    assert response.status_code == 403
    assert response.json()["code"] == "cross_origin_refused"
    assert await queue.jobs() == []


async def test_our_own_page_can(client, make):
    await make.path()
    visitor = client.log_in(await make.learner())

    response = await visitor.put(
        "/api/v1/courses/tiny/basics/state",
        json={"state": "planned"},
        headers={"Sec-Fetch-Site": "same-origin", "Origin": "http://milepost.test"},
    )

    assert response.status_code == 200


async def test_a_terminal_is_let_in_once_its_person_confirms(client, make, database):
    learner = await make.learner()
    asked = await client.post("/api/v1/device-authorizations", json={"client_name": "laptop"})
    device = asked.json()

    before = await client.post("/api/v1/tokens", json={"device_code": device["device_code"]})
    async with database.transaction() as session:
        await terminals.approve_device(session, learner.actor, user_code=device["user_code"])
    after = await client.post("/api/v1/tokens", json={"device_code": device["device_code"]})
    again = await client.post("/api/v1/tokens", json={"device_code": device["device_code"]})

    assert asked.status_code == 201
    assert device["verification_url"].endswith("/device")
    assert (before.status_code, before.json()["code"]) == (409, "authorization_pending")
    assert after.status_code == 200
    assert after.headers["cache-control"] == "no-store"
    assert (again.status_code, again.json()["code"]) == (404, "device_code_not_found")
    headers = {"Authorization": f"Bearer {after.json()['token']}"}
    assert (await client.get("/api/v1/me", headers=headers)).json()["name"] == "Ada"


async def test_a_device_code_that_was_never_issued_is_a_problem(client):
    response = await client.post("/api/v1/tokens", json={"device_code": "guess"})

    assert response.status_code == 404
    assert response.json()["code"] == "device_code_not_found"


async def test_a_terminals_name_with_control_characters_is_refused(client):
    response = await client.post("/api/v1/device-authorizations", json={"client_name": "a\x00b"})

    assert response.status_code == 422


async def test_a_terminal_can_end_its_own_token(client, make):
    terminal = client.with_token(await make.learner())

    ended = await terminal.delete("/api/v1/tokens/current")
    after = await terminal.get("/api/v1/me")

    assert ended.status_code == 204
    assert after.status_code == 401


async def test_a_browser_has_no_token_to_end(client, make):
    response = await client.log_in(await make.learner()).delete("/api/v1/tokens/current")

    assert response.status_code == 401
    assert response.json()["code"] == "access_token_required"


async def test_a_track_is_chosen_and_changed(client, make):
    await make.path()
    visitor = client.log_in(await make.learner(track=None))
    assert (await visitor.get("/api/v1/me")).json()["track"] is None

    track = {"language": "cobol", "framework": "fastapi"}
    response = await visitor.put("/api/v1/me/track", json=track)

    assert response.json()["track"] == track
    assert (await visitor.get("/api/v1/me")).json()["track"] == track
    assert (await visitor.get("/api/v1/progress")).json()["track"] == track


async def test_a_track_that_no_path_offers_is_refused(client, make):
    await make.path()
    visitor = client.log_in(await make.learner())

    response = await visitor.put(
        "/api/v1/me/track", json={"language": "latin", "framework": "fastapi"}
    )

    assert response.status_code == 422
    assert response.json()["code"] == "track_unknown"
    assert response.json()["language"] == "latin"


@pytest.mark.parametrize("address", ["/labs/%00", "/api/v1/labs/%00", "/source/a%0Ab"])
async def test_an_address_with_control_characters_is_one_that_does_not_exist(client, make, address):
    response = await client.log_in(await make.learner()).get(address)

    assert response.status_code == 404
    assert "nothing at this address" in response.text


@pytest.mark.parametrize(
    ("public_url", "told"),
    [("https://learn.example.org", "max-age=31536000"), ("http://learn.example.org", None)],
)
async def test_browsers_are_told_to_come_over_https_where_that_is_how_they_come(
    settings, public_url, told
):
    app = create_app(settings.model_copy(update={"public_url": public_url}))
    transport = httpx.ASGITransport(app)

    async with httpx.AsyncClient(transport=transport, base_url=public_url) as browser:
        for address in ("/health/live", "/static/0/none.css"):
            response = await browser.get(address)
            assert response.headers.get("strict-transport-security") == told, address
