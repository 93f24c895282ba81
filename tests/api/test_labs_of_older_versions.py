"""A lab that an older Milepost has published is shown, handed in and graded as it was published."""

import json

import pytest
from sqlalchemy import text

from factories.content import RIGHT
from fakes.grader import FakeGrader
from harness.stored_specs import MANIFESTS, read_manifest

STORE_AS_BEFORE = text("""
    UPDATE lab_versions SET manifest = (manifest - 'grading') || CAST(:stored AS jsonb)
""")
GRADING = ("stacks", "entries", "limits", "services")


@pytest.fixture
def stored(request):
    """What of the stored manifest a grading needs."""
    manifest = read_manifest(request.param)
    return {name: manifest[name] for name in GRADING if name in manifest}


@pytest.fixture
async def visitor(client, make, database, stored):
    await make.lab()
    async with database.transaction() as session:
        await session.execute(STORE_AS_BEFORE, {"stored": json.dumps(stored)})
    return client.log_in(await make.learner())


@pytest.mark.parametrize("stored", MANIFESTS, indirect=True)
async def test_it_is_graded_within_its_limits_and_started_as_it_was(stored, visitor, queue):
    stack, entry = next(iter(stored["entries"].items()))
    body = {"lab": "adding", "stack": stack, "files": dict(RIGHT)}
    grader = FakeGrader()

    shown = await visitor.get("/api/v1/labs/adding")
    accepted = await visitor.post(
        "/api/v1/submissions", json=body, headers={"Idempotency-Key": "one"}
    )
    await queue.work(grader)

    assert shown.json()["stacks"] == stored["stacks"]
    assert accepted.status_code == 202, accepted.json()
    (request,) = grader.requests
    assert [*request.entry.program] == entry["program"]
    assert request.entry.module == entry["module"]
    assert [*request.entry.service] == entry.get("service", [])
    assert request.limits.to_document() == stored["limits"]
    assert [*request.services] == stored.get("services", [])
