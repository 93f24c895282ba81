"""Signing in by a button, the account, its track, its browsers and its terminals."""

import re

import pytest

from milepost.accounts.service import signing_in, terminals
from milepost.http.dependencies import get_app_settings


@pytest.fixture
async def learner(make):
    await make.path("tiny")
    return await make.learner()


@pytest.fixture
async def visitor(client, learner):
    return client.log_in(learner)


@pytest.fixture
async def link(database, learner):
    async with database.transaction() as session:
        return f"/sign-in/{await signing_in.create_sign_in_link(session, learner.actor)}"


async def test_looking_at_a_link_does_not_spend_it(client, link):
    for _ in range(3):
        assert (await client.get(link)).status_code == 200

    response = await client.post(link)

    assert (response.status_code, response.headers["location"]) == (303, "/")
    assert "HttpOnly" in response.headers["set-cookie"]


async def test_a_link_works_once(client, link):
    await client.post(link)

    assert (await client.post(link)).status_code == 404
    assert (await client.get(link)).status_code == 404


async def test_signing_in_again_ends_the_session_before(client, visitor, link, learner):
    await visitor.post(link)

    assert (await client.log_in(learner).get("/account")).status_code == 401


async def test_nobody_is_told_how_to_sign_in(client, make):
    await make.path("tiny")

    response = await client.get("/")

    assert response.status_code == 401
    assert "Run <code>milepost open</code>" in response.text
    assert "`" not in response.text


async def test_the_first_page_after_signing_in_is_the_track_then_the_path(client, make, visitor):
    newcomer = client.log_in(await make.learner("Linus", track=None))

    assert (await newcomer.get("/")).headers["location"] == "/track"
    assert (await visitor.get("/")).headers["location"] == "/paths/tiny"


async def test_a_track_without_labs_is_offered_honestly_and_can_be_chosen(visitor):
    page = (await visitor.get("/track")).text
    wanted = {"language": "cobol", "framework": "fastapi"}
    asked = await visitor.post("/track", data=wanted)
    confirms = re.search(r'name="confirmed" value="([^"]+)"', asked.text)[1]
    response = await visitor.post("/track", data=wanted | {"confirmed": confirms})

    assert "No lab is graded in it here yet" in page
    assert "FastAPI is a framework for Python, not for COBOL." in asked.text
    assert (response.status_code, response.headers["location"]) == (303, "/")
    assert "COBOL with FastAPI" in (await visitor.get("/account")).text


async def test_a_framework_of_a_language_that_is_not_offered_names_it(visitor, make):
    facts = make.content_dir / "tiny" / "path.toml"
    laravel = '[[frameworks]]\nslug = "laravel"\ntitle = "Laravel"\nlanguage = "php"\n'
    facts.write_text(facts.read_text() + laravel)
    await make.published()

    page = (await visitor.get("/track")).text
    asked = await visitor.post("/track", data={"language": "python", "framework": "laravel"})

    assert "<span>Laravel<small>PHP, no labs here yet</small></span>" in page
    assert "Laravel is a framework for PHP, not for Python." in asked.text


@pytest.mark.parametrize("form", [{}, {"language": "python"}, {"language": "x", "framework": "y"}])
async def test_a_track_that_is_not_offered_is_asked_for_again(visitor, form):
    response = await visitor.post("/track", data=form)

    assert response.status_code == 422
    assert 'role="alert"' in response.text


async def test_a_browser_can_be_signed_out_from_another(client, link, learner):
    other = client.log_in(learner)
    await client.post(link)
    page = (await client.get("/account")).text
    revoke = page.partition('action="/account/sessions/')[2].partition('"')[0]

    response = await client.post(f"/account/sessions/{revoke}")

    assert response.status_code == 303
    assert (await other.get("/account")).status_code == 401
    assert (await client.get("/account")).status_code == 200


async def test_signing_out_ends_this_browsers_session(client, visitor, learner):
    response = await visitor.post("/account/sign-out")

    assert response.headers["location"] == "/signed-out"
    assert (await client.log_in(learner).get("/account")).status_code == 401
    assert (await client.get("/signed-out")).status_code == 200


async def test_a_terminal_is_let_in_by_its_code_and_shut_out_again(visitor, database):
    async with database.transaction() as session:
        device = await terminals.request_device_authorization(
            session, client_name="a <b>shell</b>", client_address="203.0.113.7"
        )

    asked = await visitor.get(f"/device?code={device.user_code}")
    let_in = await visitor.post("/device", data={"code": device.user_code.lower()})
    async with database.transaction() as session:
        redeemed = await terminals.redeem_device_code(session, device_code=device.device_code)
    page = (await visitor.get("/account")).text
    revoke = page.partition('action="/account/tokens/')[2].partition('"')[0]
    await visitor.post(f"/account/tokens/{revoke}")

    assert f'value="{device.user_code}"' in asked.text
    assert "The terminal is in" in let_in.text
    assert "a &lt;b&gt;shell&lt;/b&gt;" in page
    answer = await visitor.get("/api/v1/me", headers={"Authorization": f"Bearer {redeemed.token}"})
    assert answer.status_code == 401


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_wrong_code_says_what_to_do(visitor, method):
    code = {"code": "WDJB-MJHT"}

    response = await visitor.request(
        method, "/device", **({"params": code} if method == "GET" else {"data": code})
    )

    assert response.status_code == 404
    assert "milepost login" in response.text


async def test_the_terminal_that_asks_is_shown_before_it_is_let_in(client, visitor, database):
    near = await client.post(
        "/api/v1/device-authorizations", json={"client_name": "milepost of ada on laptop"}
    )
    async with database.transaction() as session:
        far = await terminals.request_device_authorization(
            session, client_name="milepost of ada on laptop", client_address="203.0.113.7"
        )

    from_here = await visitor.get("/device", params={"code": near.json()["user_code"].lower()})
    from_afar = await visitor.get("/device", params={"code": far.user_code})
    without = await visitor.get("/device")

    assert "milepost of ada on laptop" in from_here.text
    assert "the same address as this browser" in from_here.text
    assert "203.0.113.7, <strong>another address" in from_afar.text
    assert "It has waited since" in from_afar.text
    assert "<time" in from_afar.text.partition("It has waited since")[2]
    assert "Let it in" not in without.text
    async with database.transaction() as session:
        waiting = await terminals.redeem_device_code(session, device_code=far.device_code)
    assert waiting.token is None


@pytest.mark.parametrize(
    ("public_url", "forwarded", "shown"),
    [
        (None, None, "127.0.0.1, the same"),
        (None, "203.0.113.7", "127.0.0.1, the same"),
        ("http://milepost.example", "203.0.113.7", "203.0.113.7, <strong>another"),
        ("http://milepost.example", "127.0.0.1, 203.0.113.7", "203.0.113.7, <strong>another"),
        ("http://milepost.example", "nonsense", "an address that is not known"),
        ("http://milepost.example", None, "an address that is not known"),
    ],
)
async def test_behind_a_proxy_the_address_is_what_the_proxy_saw(
    client, visitor, app, monkeypatch, public_url, forwarded, shown
):
    settings = app.state.settings.model_copy(update={"public_url": public_url})
    monkeypatch.setitem(app.dependency_overrides, get_app_settings, lambda: settings)
    asked = await client.post(
        "/api/v1/device-authorizations",
        json={"client_name": "a shell"},
        headers={"X-Forwarded-For": forwarded} if forwarded else {},
    )
    code = asked.json()["user_code"]
    page = (await visitor.get("/device", params={"code": code})).text

    assert shown in page


@pytest.mark.parametrize(
    ("address", "form"),
    [
        ("/track", {"language": "cobol", "framework": "fastapi", "confirmed": "cobol fastapi"}),
        ("/paths/tiny/skills/basics/course", {"state": "started"}),
        ("/device", {"code": ""}),
        ("/account/sign-out", {}),
    ],
)
async def test_a_form_of_another_accounts_page_changes_nothing(
    make, visitor, learner, database, address, form
):
    grace = await make.learner("Grace")
    async with database.transaction() as session:
        device = await terminals.request_device_authorization(session, client_name="a shell")
    form = {name: value or device.user_code for name, value in form.items()}

    refused = await visitor.post(address, data=form | {"account": str(grace.id)})
    twin = await visitor.post(address, data=form | {"account": str(learner.id)})

    assert refused.status_code == 409
    assert "Another account is signed in by now" in refused.text
    assert twin.status_code in {200, 303}


@pytest.mark.parametrize("address", ["/account/sign-out", "/track", "/device"])
async def test_another_sites_form_changes_nothing(client, visitor, learner, address):
    response = await visitor.post(address, headers={"Sec-Fetch-Site": "cross-site"})

    assert response.status_code == 403
    assert (await client.log_in(learner).get("/account")).status_code == 200
