"""Only labs that proved themselves are published, and their pages and the API say how they did."""

import json
from typing import Any

import pytest

from milepost.labs import GATES, load_lab

SURVIVOR = "return sum([a, b])"
RECORD: dict[str, Any] = {
    "verified": True,
    "verified_at": "2026-11-22T13:00:00+00:00",
    "seconds": 92.5,
    "seeds": [7, 8, 9],
    "repeats": 2,
    "engine_version": "0.1.0",
    "isolation": "isolated",
    "stacks": {"python": "Python 3.11.7"},
    "runs": {"starter": 3, "solution": 6, "flawed": 12, "mutant": 21, "cheat": 11},
    "gates": [
        {"gate": gate, "title": "", "passed": True, "problems": []} for gate in sorted(GATES)
    ],
    "caught_by": {"test_secret_sum": ["forgets-signs"]},
    "mutant_seed": 1,
    "mutants": [
        {
            "solution": "python",
            "possible": 30,
            "tried": 21,
            "caught": 19,
            "equivalent": 1,
            "share": 0.95,
            "survivors": [{"file": "solutions/python/adding.py", "was": SURVIVOR, "becomes": ""}],
        }
    ],
    "cheats": [
        {
            "stack": "python",
            "name": "empty-file",
            "sentence": "holds nothing at all",
            "outcome": "failed",
            "caught_by": "test_secret_sum",
        }
    ],
    "spoiled": {"tried": 330, "refused": 200, "broke": 0, "kinds": {"null": 330}, "breaks": []},
    "headroom": {"wall_seconds": {"used": 1.5, "limit": 30.0}},
}


@pytest.fixture
async def visitor(client, make):
    await make.path("tiny")
    return client.log_in(await make.learner())


@pytest.fixture
def prove(make):
    """Put a record beside a lab, as `milepost labs verify` does, and publish what is proven."""

    async def publish(only=RECORD, **changes):
        lab = await make.lab()
        folder = next(make.content_dir.glob(f"*/*/labs/{lab.slug}"))
        content_hash = load_lab(folder).content_hash
        record = {"lab": lab.slug, "content_hash": content_hash, **only, **changes}
        (folder / "verified.json").write_text(json.dumps(record))
        return await make.published(unverified=False)

    return publish


async def test_a_proven_lab_is_published_with_its_proof(visitor, prove):
    report = await prove()

    proof = (await visitor.get("/api/v1/labs/adding")).json()["proof"]

    assert report.labs == ("adding",)
    assert proof["runs"] == RECORD["runs"]
    assert proof["spoiled"] == {"tried": 330, "refused": 200, "kinds": {"null": 330}}
    assert proof["mutants"] == [{"solution": "python", "tried": 21, "caught": 19, "equivalent": 1}]
    assert proof["cheats"] == [
        {"stack": "python", "name": "empty-file", "sentence": "holds nothing at all"}
    ]


async def test_the_page_says_how_the_lab_was_proven_and_gives_nothing_away(visitor, prove):
    await prove()

    page = (await visitor.get("/labs/adding")).text

    assert "How this lab was proven" in page
    assert "19 of 20 caught" in page
    assert "1 other changes nothing that the brief asks for" in page
    assert "One that holds nothing at all" in page
    assert "330 answers of right solutions, each spoiled in one element, in 1 way" in page
    assert "this lab was run 53 times" in page
    assert SURVIVOR not in page
    assert "test_secret_sum" not in page


async def test_a_lab_without_a_record_is_not_published(visitor, make):
    await make.lab()

    report = await make.published(unverified=False)

    [(folder, problems)] = report.skipped
    assert folder.endswith("labs/adding")
    assert "It has not been verified as it stands" in problems[0]
    assert "milepost labs verify adding" in problems[0]
    assert (await visitor.get("/api/v1/labs/adding")).status_code == 404


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"gates": RECORD["gates"][:3]}, "fewer gates than are asked now"),
        ({"verified": False}, "fewer gates than are asked now"),
        ({"gates": [*RECORD["gates"][:6], {"gate": 7, "passed": False}]}, "did not pass gate 7"),
        ({"gates": "all"}, "fewer gates than are asked now"),
        ({"content_hash": "of another state"}, "not been verified as it stands"),
    ],
)
async def test_a_record_that_proves_less_publishes_nothing(prove, changes, reason):
    report = await prove(**changes)

    assert report.labs == ()
    assert reason in report.skipped[0][1][0]


async def test_a_record_from_before_spoiled_answers_publishes_nothing(prove):
    old = {name: value for name, value in RECORD.items() if name != "spoiled"}

    report = await prove(only=old)

    assert report.labs == ()
    assert "fewer gates than are asked now" in report.skipped[0][1][0]


async def test_a_lab_proven_anew_shows_its_newest_proof(visitor, prove):
    await prove()
    await prove(seconds=50.0)

    assert (await visitor.get("/api/v1/labs/adding")).json()["proof"]["seconds"] == 50.0


async def test_an_author_may_see_a_lab_that_is_not_proven_yet(visitor, make):
    await make.lab()

    assert (await visitor.get("/api/v1/labs/adding")).json()["proof"] is None
    assert "How this lab was proven" not in (await visitor.get("/labs/adding")).text


async def test_a_record_with_nonsense_in_it_shows_nothing(visitor, prove):
    report = await prove(seeds=[], mutants="many")

    assert report.labs == ("adding",)
    assert (await visitor.get("/api/v1/labs/adding")).json()["proof"] is None
