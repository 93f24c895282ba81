"""Health, and what everybody is told while the database is away."""

import pytest
from sqlalchemy import text

from milepost import __version__
from milepost.core.schema import get_newest_revision


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


@pytest.mark.parametrize("prefix", ["", "/api/v1"])
async def test_with_database_schema_and_content_it_is_ready(client, make, prefix):
    await make.lab()

    response = await client.get(f"{prefix}/health/ready")

    assert response.status_code == 200
    assert response.json() == {"status": "ok", "version": __version__}


async def test_without_its_database_it_lives_and_is_not_ready(client, make, outage):
    await make.lab()
    with outage:
        alive = await client.get("/health/live")
        ready = await client.get("/health/ready")
    after = await client.get("/health/ready")

    assert alive.status_code == 200
    assert alive.json() == {"status": "ok", "version": __version__}
    assert (ready.status_code, ready.json()["code"]) == (503, "database_unavailable")
    assert after.status_code == 200


async def test_without_content_it_is_not_ready_and_says_what_loads_it(client):
    response = await client.get("/health/ready")

    assert response.status_code == 503
    assert response.json()["code"] == "not_ready"
    assert response.headers["retry-after"] == "5"
    [reason] = response.json()["reasons"]
    assert "milepost up" in reason


@pytest.fixture
async def set_revision(database):
    """Give the database's schema another name, until the test ends."""

    async def set_revision(revision):
        async with database.transaction() as session:
            statement = text("UPDATE alembic_version SET version_num = :revision")
            await session.execute(statement, {"revision": revision})

    yield set_revision
    await set_revision(get_newest_revision())


@pytest.mark.parametrize(
    ("revision", "words"), [("0001", "milepost migrate"), ("9999_future", "newer Milepost")]
)
async def test_with_a_schema_of_another_age_it_is_not_ready(
    client, make, set_revision, revision, words
):
    await make.lab()
    await set_revision(revision)

    response = await client.get("/health/ready")
    healthy = await client.get("/health")

    assert response.status_code == 503
    [reason] = response.json()["reasons"]
    assert revision in reason
    assert words in reason
    assert healthy.status_code == 200


async def test_with_a_database_that_takes_no_changes_it_is_not_ready(
    client, make, app, postgres, database_name
):
    await make.lab()
    change = f"ALTER DATABASE {database_name} {{}} default_transaction_read_only"
    with postgres.administer() as connection:
        connection.execute(f"{change.format('SET')} = on")
        try:
            await (
                app.state.database.engine.dispose()
            )  # settings of a database hold for new connections
            response = await client.get("/health/ready")
            written = await client.post("/api/v1/device-authorizations", json={"client_name": "x"})
        finally:
            connection.execute(change.format("RESET"))
            await app.state.database.engine.dispose()

    assert response.status_code == 503
    assert "read-only" in response.json()["reasons"][0]
    assert (written.status_code, written.json()["code"]) == (503, "database_unavailable")


async def test_an_unknown_address_of_the_api_is_a_problem(client):
    response = await client.get("/api/v1/nothing")

    assert response.status_code == 404
    assert response.json()["code"] == "not_found"


async def test_a_method_that_an_address_does_not_take_is_a_problem(client):
    response = await client.post("/api/v1/paths")

    assert response.status_code == 405
    assert response.json()["code"] == "method_not_allowed"
