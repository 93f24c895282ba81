"""Methods and slashes of every address: HEAD as GET, 405 with what is taken, redirects to here."""

import httpx
import pytest

from harness.addresses import walk
from milepost.web.rendering.static_files import static_url

NAMES = {
    "path": "backend-developer",
    "digest": "0123456789ab",
    "code": "ABCD-EFGH",
}
AN_ID = "0b54f6c2-7a2c-4bbd-8a88-0a5a6f1f4f10"
METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}


def list_addresses(app):
    """An address for every route, and all methods that any route takes at it."""
    routes = list(walk(app.routes))
    addresses = {}
    for route in routes:
        path = route.path_format
        for name in route.param_convertors:
            path = path.replace(f"{{{name}}}", NAMES.get(name, AN_ID))
        taken = [set(each.methods) for each in routes if each.path_regex.match(path)]
        addresses[path] = set.union(*taken) - {"HEAD"}
    assert len(addresses) > 35
    return addresses


@pytest.fixture
async def learner(client, make):
    return client.log_in(await make.learner())


async def test_head_is_answered_as_get_without_the_body_wherever_get_is(app, learner):
    for address, methods in list_addresses(app).items():
        if "GET" not in methods:
            continue
        read, looked = await learner.get(address), await learner.head(address)

        assert looked.status_code == read.status_code, address
        assert looked.content == b"", address
        assert looked.headers.keys() == read.headers.keys(), address
        for name in ("content-type", "content-length", "location", "etag", "cache-control"):
            assert looked.headers.get(name) == read.headers.get(name), (address, name)


async def test_head_of_a_stream_ends_at_once(client, make):
    owner = await make.learner()
    submission = await make.submission(learner=owner, lab=await make.lab())

    response = await client.log_in(owner).head(f"/api/v1/gradings/{submission.grading_id}/events")

    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/event-stream")


async def test_head_of_what_is_refused_before_any_route_has_no_body(client):
    response = await client.head("/api/v1/paths%00")

    assert (response.status_code, response.content) == (404, b"")


async def test_every_405_names_all_methods_that_the_address_takes(app, learner):
    for address, methods in list_addresses(app).items():
        wanted = methods | {"HEAD"} if "GET" in methods else methods
        for method in METHODS - methods:
            response = await learner.request(method, address)

            assert response.status_code == 405, (method, address)
            assert set(response.headers["allow"].split(", ")) == wanted, (method, address)


async def test_slash_too_many_leads_to_the_address_without_naming_a_host(app, learner):
    addresses, found = list_addresses(app), 0
    routes = list(walk(app.routes))
    for address, methods in addresses.items():
        if address == "/" or any(each.path_regex.match(f"{address}/") for each in routes):
            continue
        for method in methods:
            response = await learner.request(
                method, f"{address}/?a=1%202", headers={"host": "elsewhere.example"}
            )
            assert response.status_code == 307, (method, address)
            assert response.headers["location"] == f"{address}?a=1%202", (method, address)
            found += 1
    assert found > 35


@pytest.mark.parametrize("address", ["//elsewhere.example/", "/%5Celsewhere.example/", "/none/"])
async def test_what_is_no_address_with_another_slash_either_is_not_redirected(client, address):
    response = await client.get(f"http://milepost.test{address}")

    assert response.status_code == 404
    assert "location" not in response.headers


async def test_a_page_that_asks_to_sign_in_or_to_wait_says_so_in_its_headers(client, make, outage):
    learner = client.log_in(await make.learner())
    signed_out = await client.get("/account")
    with outage:
        away = await learner.get("/track")

    assert (signed_out.status_code, signed_out.headers["www-authenticate"]) == (401, "Bearer")
    assert (away.status_code, away.headers["retry-after"]) == (503, "5")


def test_head_leaves_a_real_connection_ready_for_what_comes_next(live_server):
    with httpx.Client(base_url=live_server) as visitor:
        looked, read = visitor.head("/health"), visitor.get("/health")
        style = visitor.head(static_url("milepost.css"))

    assert (looked.status_code, looked.content) == (200, b"")
    assert looked.headers["content-length"] == read.headers["content-length"]
    assert read.json()["status"] == "ok"
    assert int(style.headers["content-length"]) > 1000
