"""What is walked, what is passed over, and where the flag stands: told alike by both endpoints.

The tiny path offers Python and COBOL. COBOL has no stack, and `node` belongs to no track.
"""

import shutil

import pytest
from sqlalchemy import text

from factories.content import CheckDraft, SkillDraft
from fakes.grader import FakeGrader, failed
from milepost.accounts.types import Track
from milepost.catalog.service import close_version
from milepost.submissions.service.regrading import queue_regrading

ADDRESS = "/api/v1/paths/tiny"
PYTHON = {"language": "python", "framework": "fastapi"}
COBOL = {"language": "cobol", "framework": "fastapi"}
SKILLS = (
    SkillDraft("basics", ("adding", "naming")),
    SkillDraft("middle", ("carrying",)),
    SkillDraft("end", ("summing", "taking")),
)
NOTHING = "Nothing can be proven here yet"


@pytest.fixture
async def path(make):
    return await make.path("tiny", skills=SKILLS)


@pytest.fixture
async def learner(make):
    return await make.learner()


@pytest.fixture
def prove(make, queue, learner):
    """Has the learner pass a lab."""

    async def prove(lab, stack="python"):
        submission = await make.submission(lab=lab, learner=learner, stack=stack)
        await queue.work(FakeGrader())
        return submission

    return prove


@pytest.fixture
def look(client, learner):
    """Shows the flag and each skill's standing, after making sure that both endpoints agree."""

    async def look():
        visitor = client.log_in(learner)
        shown = (await visitor.get(ADDRESS)).json()
        [in_short] = (await visitor.get("/api/v1/progress")).json()["paths"]
        for key in ("start_here", "words", "proven_count", "provable_count"):
            assert in_short[key] == shown[key]
        standings = [skill["standing"] for skill in shown["skills"]]
        assert [skill["standing"] for skill in in_short["skills"]] == standings
        return shown["start_here"], shown["words"], standings

    return look


@pytest.fixture
def choose(client, learner):
    async def choose(track):
        answer = await client.log_in(learner).put("/api/v1/me/track", json=track)
        assert answer.status_code == 200

    return choose


async def test_a_skill_is_walked_when_all_that_labs_can_prove_of_it_is_proven(publish, prove, look):
    lab = await publish("basics.adding")
    await publish("end.summing")
    start, _, [basics, *_] = await look()
    assert (start, basics["is_walked"], basics["words"]) == (
        "basics", False, "0 of the 1 that can be proven",
    )  # fmt: skip

    await prove(lab)

    start, words, [basics, middle, end] = await look()
    assert basics == {
        "provable_count": 1,
        "new_count": 0,
        "is_walked": True,
        "is_placed": False,
        "words": "1 of the 1 that can be proven",
    }
    assert (middle["is_walked"], middle["words"]) == (False, NOTHING)
    assert (end["is_walked"], end["provable_count"]) == (False, 1)
    assert (start, words) == ("end", "Start here: 3 End.")


async def test_on_a_path_without_labs_the_flag_stands_where_newcomers_start(make, learner, client):
    await make.path("tiny", skills=SKILLS, start_here="middle")

    shown = (await client.log_in(learner).get(ADDRESS)).json()

    assert shown["start_here"] == "middle"
    assert {skill["standing"]["words"] for skill in shown["skills"]} == {NOTHING}


async def test_a_newcomer_starts_no_earlier_than_the_path_says(make, learner, client):
    path = await make.path("tiny", skills=SKILLS, start_here="middle")
    for skill, objective in (("basics", "adding"), ("end", "summing")):
        checks = (CheckDraft(objective=f"{skill}.{objective}"),)
        await make.lab(objective, path=path, skill=skill, checks=checks)

    shown = (await client.log_in(learner).get(ADDRESS)).json()

    assert shown["start_here"] == "end"


async def test_without_a_track_every_lab_counts(make, publish, client):
    await publish("basics.adding", stacks=["python"])
    newcomer = client.log_in(await make.learner("Linus", track=None))

    shown = (await newcomer.get(ADDRESS)).json()

    assert shown["start_here"] == "basics"
    assert shown["skills"][1]["standing"]["words"] == NOTHING


async def test_what_another_track_can_prove_is_passed_over_and_says_so(publish, choose, look):
    await publish("basics.adding", stacks=["python"])
    await publish("middle.carrying", stacks=["python", "node"])
    await choose(COBOL)

    start, _, [basics, middle, end] = await look()

    assert basics["words"] == f"{NOTHING} in COBOL or FastAPI"
    assert middle["words"] == "0 of the 1 that can be proven"
    assert end["words"] == NOTHING
    assert start == "middle"


async def test_an_objective_that_another_stack_proved_is_proven_and_walks_nothing(
    publish, choose, prove, look
):
    lab = await publish("basics.adding", stacks=["python"])
    await publish("end.summing", stacks=["node"])
    await choose(COBOL)

    await prove(lab, stack="python")

    start, _, [basics, *_] = await look()
    assert basics["words"] == "1 proven. Nothing more can be proven here yet in COBOL or FastAPI"
    assert (basics["is_walked"], start) == (False, "end")


async def test_what_was_walked_stays_walked_in_another_track(publish, choose, prove, look):
    lab = await publish("basics.adding", stacks=["python"])
    await publish("end.summing", stacks=["node"])
    await prove(lab)

    await choose(COBOL)

    start, _, [basics, *_] = await look()
    assert (basics["is_walked"], basics["words"]) == (True, "1 of the 1 that can be proven")
    assert start == "end"


async def test_what_another_tracks_labs_can_prove_besides_is_new(publish, choose, prove, look):
    lab = await publish("basics.adding", stacks=["node"])
    await publish("basics.naming", stacks=["python"])
    await choose(COBOL)
    await prove(lab, stack="node")
    assert (await look())[2][0]["is_walked"]

    await choose(PYTHON)

    start, words, [basics, *_] = await look()
    assert (basics["is_walked"], basics["new_count"]) == (True, 1)
    assert basics["words"] == "1 of the 2 that can be proven, 1 new"
    assert (start, words) == (
        None,
        "Every milestone here is walked. Since then, 1 objective is new.",
    )


async def test_what_another_track_completes_stays_walked_on_the_way_back(
    publish, choose, prove, look
):
    lab = await publish("basics.adding", stacks=["node"])
    await publish("basics.naming", stacks=["python"])
    await prove(lab, stack="node")
    assert not (await look())[2][0]["is_walked"]

    await choose(COBOL)
    assert (await look())[2][0]["is_walked"]
    await choose(PYTHON)

    assert (await look())[2][0]["words"] == "1 of the 2 that can be proven, 1 new"


async def test_another_track_is_seen_at_once(publish, choose, look):
    await publish("basics.adding", stacks=["python"])
    before = await look()

    await choose(COBOL)

    assert before[0] == "basics"
    assert (await look())[2][0]["words"] == f"{NOTHING} in COBOL or FastAPI"


async def test_what_was_walked_stays_walked_when_labs_are_added(publish, prove, look):
    await prove(await publish("basics.adding"))
    await publish("end.summing")

    await publish("basics.naming")

    start, _, [basics, *_] = await look()
    assert (basics["is_walked"], basics["new_count"], basics["provable_count"]) == (True, 1, 2)
    assert basics["words"] == "1 of the 2 that can be proven, 1 new"
    assert start == "end"


async def test_a_withdrawn_lab_can_complete_a_skill_which_stays_walked_when_it_returns(
    publish, prove, look, path, make
):
    await prove(await publish("basics.adding"))
    await publish("basics.naming")
    folder = path / "1-basics" / "labs" / "naming"
    aside = path.parent.parent / "aside"

    shutil.move(folder, aside)
    await make.published()
    assert (await look())[2][0]["is_walked"]
    shutil.move(aside, folder)
    await make.published()

    assert (await look())[2][0]["words"] == "1 of the 2 that can be proven, 1 new"


async def test_a_skill_of_which_something_is_left_to_prove_is_not_walked(publish, prove, look):
    lab = await publish("basics.adding")
    await publish("basics.naming")

    await prove(lab)

    start, _, [basics, *_] = await look()
    assert (start, basics["is_walked"]) == ("basics", False)
    assert basics["words"] == "1 of the 2 that can be proven"


async def test_a_closed_lab_proves_nothing_until_it_is_opened_again(
    publish, look, database, operate
):
    lab = await publish("basics.adding")
    await publish("end.summing")
    async with database.transaction() as session:
        await close_version(session, lab.version_id, reason="a check ended by itself")

    start, _, [basics, *_] = await look()
    assert (start, basics["words"]) == (
        "end", "Nothing can be proven here for now: its lab is closed",
    )  # fmt: skip

    assert (await operate("labs", "reopen", lab.slug)).exit_code == 0
    assert (await look())[0] == "basics"


async def test_what_was_walked_while_a_lab_was_closed_stays_walked(
    publish, prove, look, database, operate
):
    proven, closed = await publish("basics.adding"), await publish("basics.naming")
    await prove(proven)
    async with database.transaction() as session:
        await close_version(session, closed.version_id, reason="a check ended by itself")
    assert (await look())[2][0]["is_walked"]

    await operate("labs", "reopen", closed.slug)

    assert (await look())[2][0]["words"] == "1 of the 2 that can be proven, 1 new"


async def test_grading_again_takes_nothing_back(publish, prove, look, database, queue):
    submission = await prove(await publish("basics.adding"))
    async with database.transaction() as session:
        await queue_regrading(session, submission.id)

    await queue.work(FakeGrader(failed()))

    assert (await look())[2][0]["is_walked"]


async def test_when_all_is_walked_no_flag_stands_and_the_words_say_why(publish, prove, look):
    await prove(await publish("basics.adding"))

    start, words, _ = await look()
    assert (start, words) == (None, "All that the labs here can prove is proven.")

    for objective in ("basics.naming", "middle.carrying", "end.summing", "end.taking"):
        await prove(await publish(objective))

    start, words, standings = await look()
    assert (start, words) == (None, "Every objective of this path is proven.")
    assert all(standing["is_walked"] for standing in standings)


async def test_publishing_keeps_what_each_learner_had_walked_before_it_was_kept(
    make, publish, prove, look, database, learner
):
    await prove(await publish("basics.adding"))
    async with database.transaction() as session:
        await session.execute(text("DELETE FROM walked_skills"))  # as before the table was there
    grace = await make.learner("Grace", track=Track(**COBOL))

    await publish("basics.naming")

    assert (await look())[2][0]["is_walked"]
    async with database.transaction() as session:
        rows = await session.execute(text("SELECT learner_id FROM walked_skills"))
        assert rows.scalars().all() == [learner.id]
    assert grace.id != learner.id
