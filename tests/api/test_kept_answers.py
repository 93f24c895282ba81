"""What is kept of a path: how little is asked of the database, and that nothing kept is stale.

Every test reads once before something changes, so that there is something kept to be wrong.
"""

import asyncio
import shutil

import pytest

from factories.content import SkillDraft
from fakes.grader import FakeGrader, failed
from milepost.accounts.service import signing_in
from milepost.core.revisions import Kept

ADDRESS = "/api/v1/paths/tiny"
PAGES = ("/paths/tiny/skills/basics", "/labs", "/api/v1/labs")
LEFT_OFF = ("/paths/tiny", "/api/v1/progress")  # tell where the learner left off, too
BASICS = SkillDraft("basics", ("adding",))
FIRST_READ, READ, READ_AGAIN = 8, 2, 1


async def test_a_path_is_built_once_a_learner_and_its_outline_once_for_all(
    client, make, count_queries
):
    more = [SkillDraft(f"s{n}", ("a", "b", "c")) for n in range(12)]
    path = await make.path("tiny", skills=(BASICS, *more))
    for name in ("one", "two", "three"):
        await make.lab(name, path=path)
    ada, grace = [client.log_in(await make.learner(name)) for name in ("Ada", "Grace")]

    with count_queries() as first:
        await ada.get(ADDRESS)
    with count_queries() as another_learner:
        await grace.get(ADDRESS)
    with count_queries() as again:
        await ada.get(ADDRESS)

    assert len(first) <= FIRST_READ, first
    assert len(another_learner) <= READ, another_learner
    assert len(again) <= READ_AGAIN, again


@pytest.mark.parametrize(
    ("address", "most"),
    [*((page, READ) for page in PAGES), *((page, READ + 2) for page in LEFT_OFF)],
)
async def test_a_page_of_the_path_asks_little(client, make, queue, count_queries, address, most):
    lab = await make.lab()
    learner = await make.learner()
    await make.submission(lab=lab, learner=learner)
    await queue.work(FakeGrader(failed()))
    visitor = client.log_in(learner)
    await visitor.get(address)

    with count_queries() as asked:
        response = await visitor.get(address)

    assert response.status_code == 200
    assert len(asked) <= most, asked


async def test_a_verdict_is_seen_at_once(client, make, queue):
    lab = await make.lab()
    learner = await make.learner()
    await make.submission(lab=lab, learner=learner)
    visitor = client.log_in(learner)
    before = (await visitor.get(ADDRESS)).json()

    await queue.work(FakeGrader())
    after = (await visitor.get(ADDRESS)).json()

    assert (before["proven_count"], after["proven_count"]) == (0, 1)
    assert after["skills"][0]["labs"][0]["last_verdict"] == "passed"


async def test_a_verdict_that_proves_nothing_is_seen_too(client, make, queue):
    lab = await make.lab()
    learner = await make.learner()
    await make.submission(lab=lab, learner=learner)
    visitor = client.log_in(learner)
    await visitor.get(ADDRESS)

    await queue.work(FakeGrader(failed()))
    after = (await visitor.get(ADDRESS)).json()

    assert after["skills"][0]["labs"][0]["last_verdict"] == "failed"


async def test_a_moved_course_is_seen_at_once(client, make):
    await make.path()
    visitor = client.log_in(await make.learner())
    await visitor.get(ADDRESS)

    answer = await visitor.put("/api/v1/courses/tiny/basics/state", json={"state": "started"})
    after = (await visitor.get(ADDRESS)).json()

    assert answer.json()["state"] == "started"
    assert after["skills"][0]["course"]["state"] == "started"


async def test_published_content_is_seen_at_once(client, make):
    path = await make.path()
    visitor = client.log_in(await make.learner())
    before = (await visitor.get(ADDRESS)).json()

    await make.lab("new", path=path)
    after = (await visitor.get(ADDRESS)).json()

    assert [lab["slug"] for lab in before["skills"][0]["labs"]] == []
    assert [lab["slug"] for lab in after["skills"][0]["labs"]] == ["new"]


async def test_a_path_that_was_taken_back_is_gone_at_once(client, make):
    await make.path("music", skills=(BASICS,))
    path = await make.path("tiny")
    visitor = client.log_in(await make.learner())
    assert (await visitor.get(ADDRESS)).status_code == 200

    shutil.rmtree(path)
    await make.published()

    assert (await visitor.get(ADDRESS)).status_code == 404


async def test_learners_who_read_at_once_each_see_their_own(client, make, queue):
    lab = await make.lab()
    learners = [await make.learner(f"Learner {n}") for n in range(6)]
    for learner in learners[::2]:
        await make.submission(lab=lab, learner=learner)
    await queue.work(FakeGrader())
    visitors = [client.log_in(learner) for learner in learners]

    for _ in range(3):
        answers = await asyncio.gather(*(visitor.get(ADDRESS) for visitor in visitors * 4))
        assert [answer.json()["proven_count"] for answer in answers] == [1, 0] * 12


async def test_requests_that_come_together_share_the_read_of_who_asks(client, make, count_queries):
    await make.path()
    visitors = [client.log_in(await make.learner(f"Learner {n}")) for n in range(6)]
    nobody = client.log_in(await make.learner("Nobody"))
    nobody.cookies.set("milepost", "no such secret")
    for visitor in visitors:
        await visitor.get(ADDRESS)

    with count_queries() as asked:
        answers = await asyncio.gather(*(each.get(ADDRESS) for each in (*visitors, nobody) * 3))

    assert [answer.status_code for answer in answers] == [200] * 6 + [401] + ([200] * 6 + [401]) * 2
    assert len(asked) <= len(answers) / 2, asked


async def test_a_revoked_session_is_refused_at_once(client, make, database):
    await make.path()
    learner = await make.learner()
    visitor = client.log_in(learner)
    tag = (await visitor.get(ADDRESS)).headers["etag"]

    async with database.transaction() as session:
        await signing_in.sign_out(session, secret=learner.session)

    assert (await visitor.get(ADDRESS)).status_code == 401
    assert (await visitor.get(ADDRESS, headers={"If-None-Match": tag})).status_code == 401


async def test_who_has_the_answer_already_is_told_so_until_it_changes(client, make, queue):
    lab = await make.lab()
    learner = await make.learner()
    await make.submission(lab=lab, learner=learner)
    visitor = client.log_in(learner)
    tag = (await visitor.get(ADDRESS)).headers["etag"]

    unchanged = await visitor.get(ADDRESS, headers={"If-None-Match": tag})
    await queue.work(FakeGrader())
    changed = await visitor.get(ADDRESS, headers={"If-None-Match": tag})

    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert changed.status_code == 200
    assert changed.headers["etag"] != tag


async def test_a_grading_that_was_cancelled_is_a_change_for_its_learner(client, make, operate):
    lab = await make.lab()
    learner = await make.learner()
    await make.submission(lab=lab, learner=learner)
    visitor = client.log_in(learner)
    tag = (await visitor.get(ADDRESS)).headers["etag"]
    [job] = (await operate("jobs", "--json")).json["jobs"]

    await operate("jobs", "cancel", str(job["id"]))
    changed = await visitor.get(ADDRESS, headers={"If-None-Match": tag})

    assert changed.status_code == 200
    assert changed.headers["etag"] != tag


def test_no_more_is_kept_than_there_is_room_for():
    kept = Kept[str](most=2)
    for key in ("a", "b"):
        kept.keep(key, 1, key)
    kept.find("a", 1)

    kept.keep("c", 1, "c")

    assert [kept.find(key, 1) for key in ("a", "b", "c")] == ["a", None, "c"]


def test_nothing_is_found_at_another_revision_and_nothing_is_kept_without_one():
    kept = Kept[str](most=2)
    kept.keep("a", 1, "a")
    kept.keep("b", None, "b")

    assert kept.find("a", 2) is None
    assert kept.find("b", None) is None
