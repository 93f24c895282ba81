"""No answer closes a lab: each that breaks a check fails it, and the lab stays open for others.

Through the front door with the real engine: the lab's own solution is graded before anything closes.
The twin of every cheat is a lab that is really at fault, which its own solution shows.
"""

import pytest

from factories.content import RIGHT, CheckDraft

SORTED = CheckDraft(
    name="test_ranking",
    title="Scores are ranked",
    body='got = solution.call("add", 2, 3)\n    if isinstance(got, list):\n'
    "        assert all(a >= b for a, b in zip(got, got[1:])), 'It must be ranked'\n"
    "    assert got == 5, 'It must add'",
)
OTHER = CheckDraft(name="test_other", title="Other numbers are added")


def answers(body):
    return {"adding.py": f"def add(a, b):\n    return {body}\n"}


@pytest.fixture
async def ada(client, make):
    return client.log_in(await make.learner("Ada"))


@pytest.fixture
def hand_in(engine, queue, ada):
    """Hand in and have it graded for real, and return what the API shows of the grading."""

    async def do(files, kind="submission"):
        body = {"lab": "adding", "stack": "python", "files": files, "kind": kind}
        response = await ada.post("/api/v1/submissions", json=body)
        assert response.status_code == 202, response.text
        await queue.work(engine)
        grading = response.json()["grading"]["id"]
        return (await ada.get(f"/api/v1/gradings/{grading}")).json()

    return do


@pytest.mark.parametrize("kind", ["submission", "try"])
@pytest.mark.parametrize(
    ("read", "answer", "raised"),
    [
        ("all(a >= b for a, b in zip(got, got[1:]))", "[None, None]", "TypeError"),
        ("got[0]", "[]", "IndexError"),
        ("got['sum']", "{}", "KeyError"),
        ("got + 1", "'5'", "TypeError"),
        ("got.append(1)", "6", "AttributeError"),
        ("int(got)", "'five'", "ValueError"),
        ("(_ for _ in ()).throw(SystemExit(got))", "None", "SystemExit"),
    ],
)
async def test_an_answer_that_breaks_a_check_fails_it_and_closes_nothing(
    make, hand_in, read, answer, raised, kind
):
    broken = CheckDraft(
        name="test_reading",
        title="What comes is read",
        body=f'got = solution.call("add", 2, 3)\n    {read} if got != 5 else None\n'
        '    assert got == 5, "It must add"',
    )
    await make.lab(checks=(broken, OTHER))

    cheat = await hand_in(answers(answer), kind)
    after = await hand_in(dict(RIGHT), kind)

    [reading, other] = cheat["checks"]
    assert (cheat["verdict"], reading["outcome"]) == ("failed", "failed")
    assert reading["message"].startswith("This check could not read what came from `add(2, 3)`")
    assert raised in reading["message"]
    assert other["outcome"] == "failed"
    assert after["verdict"] == "passed"


async def test_an_answer_on_which_a_check_never_ends_closes_nothing(make, hand_in, monkeypatch):
    from milepost.engine.grading import run

    monkeypatch.setattr(run, "_GRACE_SECONDS", 0.5)
    endless = CheckDraft(
        body='got = solution.call("add", 2, 3)\n    while got != 5: pass',
    )
    await make.lab(checks=(endless, OTHER), limits={"wall_seconds": 4.0})

    cheat = await hand_in(answers("6"))
    after = await hand_in(dict(RIGHT))

    assert cheat["verdict"] == "timed_out"
    assert [check["outcome"] for check in cheat["checks"]] == ["failed", "not_run"]
    assert "did not end" in cheat["checks"][0]["message"]
    assert after["verdict"] == "passed"


async def test_an_answer_whose_text_cannot_be_written_fails_its_check(make, hand_in):
    raising = CheckDraft(
        body='got = solution.call("add", 2, 3)\n    if got != 5:\n        raise AssertionError(got)'
    )
    await make.lab(checks=(raising, OTHER))

    cheat = await hand_in(answers("10 ** 5000"))

    assert (cheat["verdict"], cheat["checks"][0]["outcome"]) == ("failed", "failed")


async def test_a_lab_that_its_own_solution_breaks_is_closed(make, hand_in, ada):
    at_fault = CheckDraft(body='assert solution.call("add", 2, 3)["sum"] == 5, "It must add"')
    await make.lab(checks=(at_fault, OTHER))

    grading = await hand_in(answers("a + b"))
    refused = await ada.post(
        "/api/v1/submissions", json={"lab": "adding", "stack": "python", "files": dict(RIGHT)}
    )

    assert grading["verdict"] == "lab_broken"
    assert "Its own solution `python` shows it" in grading["message"]
    assert refused.json()["code"] == "lab_closed"


async def test_the_author_is_told_of_the_check_and_how_often(make, hand_in, operate):
    await make.lab(checks=(SORTED, OTHER))
    for _ in range(2):
        await hand_in(answers("[None, None]"))

    listed = await operate("labs", "reports", "adding", "--json")
    shown = await operate("labs", "reports")
    doctor = await operate("doctor", "--json")

    [note] = listed.json
    assert (note["check_name"], note["times"], note["stack"]) == ("test_ranking", 2, "python")
    assert "checks.py" in note["detail"]
    assert "'>=' not supported" in note["message"]
    assert "test_ranking" in shown.out
    assert "2 times" in shown.out
    assert any("milepost labs reports adding" in each["detail"] for each in doctor.json["findings"])


async def test_solutions_reach_no_learner(make, ada):
    await make.lab()
    secret = "return a + b"

    doors = ["/api/v1/labs/adding", "/api/v1/labs/adding/package", "/labs/adding"]
    answers = [await ada.get(door) for door in doors]

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert all(secret.encode() not in answer.content for answer in answers)
