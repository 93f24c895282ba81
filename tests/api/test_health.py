"""Health, and what everybody is told while the database is away."""

import pytest

from milepost import __version__


@pytest.mark.parametrize("address", ["/health", "/api/v1/health"])
async def test_a_healthy_installation_says_so_to_anybody(client, address):
    response = await client.get(address)

    assert response.status_code == 200
    assert response.json() == {"status": "ok", "version": __version__}


@pytest.mark.parametrize("address", ["/health", "/api/v1/health", "/api/v1/me"])
async def test_without_its_database_it_is_a_problem_until_the_database_is_back(
    client, make, outage, address
):
    visitor = client.log_in(await make.learner())
    assert (await visitor.get(address)).status_code == 200

    with outage:
        response = await visitor.get(address)
    after = await visitor.get(address)

    assert response.status_code == 503
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["retry-after"] == "5"
    assert response.json()["code"] == "database_unavailable"
    assert after.status_code == 200


async def test_an_unknown_address_of_the_api_is_a_problem(client):
    response = await client.get("/api/v1/nothing")

    assert response.status_code == 404
    assert response.json()["code"] == "not_found"


async def test_a_method_that_an_address_does_not_take_is_a_problem(client):
    response = await client.post("/api/v1/paths")

    assert response.status_code == 405
    assert response.json()["code"] == "method_not_allowed"
