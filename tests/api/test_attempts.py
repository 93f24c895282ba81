"""What may be tried only so often: terminals that ask, wrong links and codes, hasty polls."""

import re

import httpx
import pytest
from sqlalchemy import func, select

from fakes.clock import FakeClock
from milepost.accounts import policy
from milepost.accounts.models import DeviceAuthorization
from milepost.accounts.service import signing_in, terminals
from milepost.core.attempts import AttemptCount
from milepost.http import limits
from milepost.http.dependencies import get_app_settings

ASK, REDEEM = "/api/v1/device-authorizations", "/api/v1/tokens"


@pytest.fixture
def clock(monkeypatch):
    return FakeClock(monkeypatch)


@pytest.fixture
def few(monkeypatch):
    """Allow three of everything, so that a test need not try a hundred times."""
    for module, name in (
        (limits, "DEVICE_AUTHORIZATIONS"),
        (limits, "WRONG_SECRETS"),
        (policy, "WRONG_USER_CODES"),
    ):
        own = getattr(module, name)
        monkeypatch.setattr(module, name, type(own)(own.action, 3, own.window))


@pytest.fixture
def proxied(app, monkeypatch):
    """Believe what a proxy tells of its clients' addresses."""
    settings = app.state.settings.model_copy(update={"public_url": "http://milepost.example"})
    monkeypatch.setitem(app.dependency_overrides, get_app_settings, lambda: settings)
    return lambda address: {"x-forwarded-for": address}


async def count_rows(database, model):
    async with database.transaction() as session:
        return await session.scalar(select(func.count()).select_from(model))


def assert_refused(response):
    assert response.status_code == 429
    assert 500 <= int(response.headers["retry-after"]) <= 600
    assert re.search(r"Try again in (9|10) minutes", response.text)


async def test_terminals_of_a_classroom_are_let_in_and_a_flood_is_not(
    client, database, live_server
):
    for _ in range(limits.DEVICE_AUTHORIZATIONS.attempts):
        assert (await client.post(ASK, json={})).status_code == 201

    async with httpx.AsyncClient(base_url=live_server) as another_process:
        for each in (client, client, another_process):
            flood = await each.post(ASK, json={})
            assert_refused(flood)
            assert flood.json()["code"] == "too_many_attempts"
    rows = await count_rows(database, DeviceAuthorization)
    assert rows == limits.DEVICE_AUTHORIZATIONS.attempts


@pytest.mark.usefixtures("few")
async def test_another_network_is_not_refused_with_a_flood(client, proxied):
    async def ask(address):
        return (await client.post(ASK, json={}, headers=proxied(address))).status_code

    assert [await ask("203.0.113.7") for _ in range(4)] == [201, 201, 201, 429]
    assert await ask("203.0.113.8") == 201
    # Whoever has one address of IPv6 has all that begin alike.
    own = [await ask(f"2001:db8:0:1::{n}") for n in range(1, 5)]
    assert own == [201, 201, 201, 429]
    assert await ask("2001:db8:0:2::1") == 201


@pytest.mark.usefixtures("few")
async def test_a_window_ends_by_itself_and_leaves_nothing_behind(client, clock, database):
    for _ in range(4):
        last = await client.post(ASK, json={})
    assert last.status_code == 429

    clock.set_forward(minutes=10, seconds=1)

    assert (await client.post(ASK, json={})).status_code == 201
    assert await count_rows(database, DeviceAuthorization) == 1  # those that expired are gone
    assert await count_rows(database, AttemptCount) == 1


@pytest.mark.usefixtures("few")
async def test_wrong_links_and_codes_are_refused_at_last_and_right_ones_never(
    client, make, database
):
    learner = await make.learner()
    async with database.transaction() as session:
        link = await signing_in.create_sign_in_link(session, learner.actor)
    device = (await client.post(ASK, json={})).json()

    wrong = [
        await client.get("/sign-in/guess"),
        await client.post("/sign-in/guess"),
        await client.post(REDEEM, json={"device_code": "guess"}),
    ]
    refused = [
        await client.get("/sign-in/guess"),
        await client.post("/sign-in/guess"),
        await client.post(REDEEM, json={"device_code": "guess"}),
    ]
    poll = await client.post(REDEEM, json={"device_code": device["device_code"]})
    shown, signed_in = await client.get(f"/sign-in/{link}"), await client.post(f"/sign-in/{link}")

    assert [each.status_code for each in wrong] == [404, 404, 404]
    for each in refused:
        assert_refused(each)
    assert poll.json()["code"] == "authorization_pending"
    assert (shown.status_code, signed_in.status_code) == (200, 303)


@pytest.mark.usefixtures("few")
async def test_short_codes_cannot_be_guessed_by_trying(client, make, clock):
    device = (await client.post(ASK, json={})).json()
    code = {"code": device["user_code"]}
    guesser, other = [client.log_in(await make.learner(name)) for name in ("Ada", "Grace")]

    tried = [await guesser.get("/device", params={"code": "AAAA-AAAA"}) for _ in range(2)]
    tried.append(await guesser.post("/device", data={"code": "AAAA-AAAA"}))
    refused = [await guesser.get("/device", params=code), await guesser.post("/device", data=code)]

    assert [each.status_code for each in tried] == [404, 404, 404]
    for each in refused:
        assert_refused(each)
    assert (await other.get("/device", params=code)).status_code == 200
    clock.set_forward(minutes=10, seconds=1)
    fresh = (await client.post(ASK, json={})).json()["user_code"]
    assert "The terminal is in" in (await guesser.post("/device", data={"code": fresh})).text


async def test_a_terminal_that_asks_too_soon_is_told_to_slow_down(client, clock):
    device = (await client.post(ASK, json={})).json()

    async def poll(*, after):
        clock.set_forward(seconds=after)
        response = await client.post(REDEEM, json={"device_code": device["device_code"]})
        told = response.json()
        assert response.headers["retry-after"] == str(told["interval_seconds"])
        return response.status_code, told["code"], told["interval_seconds"]

    assert device["interval_seconds"] == 2
    assert await poll(after=0) == (409, "authorization_pending", 2)
    assert await poll(after=2) == (409, "authorization_pending", 2)
    assert await poll(after=1.6) == (409, "authorization_pending", 2)  # the network was uneven
    assert await poll(after=1) == (429, "slow_down", 7)
    assert await poll(after=2) == (429, "slow_down", 12)
    assert await poll(after=12) == (409, "authorization_pending", 12)
    for _ in range(12):
        told = await poll(after=0)
    assert told == (429, "slow_down", 60)


async def test_a_confirmed_terminal_is_let_in_however_soon_it_asks(client, make, database):
    learner = await make.learner()
    device = (await client.post(ASK, json={})).json()
    await client.post(REDEEM, json={"device_code": device["device_code"]})

    async with database.transaction() as session:
        await terminals.approve_device(session, learner.actor, user_code=device["user_code"])
    token = await client.post(REDEEM, json={"device_code": device["device_code"]})

    assert token.status_code == 200
