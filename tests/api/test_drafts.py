"""Drafts through the API: replaced or deleted only by somebody who knew the newest, and private."""

import asyncio
import json

import pytest
from sqlalchemy import delete, text

from factories.content import RIGHT, WRONG
from fakes.clock import FakeClock
from milepost.accounts.models import User
from milepost.submissions.policy import LARGEST_FILE_BYTES, MOST_FILES

ADDRESS = "/api/v1/labs/adding/drafts/python"
NEW = {"If-None-Match": "*"}
STATEMENTS = 5  # who asks, what the lab takes, the draft, its new row, the spell of work


@pytest.fixture
async def learner(make):
    await make.lab()
    return await make.learner()


@pytest.fixture
def visitor(client, learner):
    return client.log_in(learner)


@pytest.fixture
def clock(monkeypatch):
    return FakeClock(monkeypatch)


async def save(visitor, files=RIGHT, *, headers=NEW, address=ADDRESS, **more):
    return await visitor.put(address, json={"files": files, **more}, headers=headers)


def knowing(response):
    return {"If-Match": response.headers["etag"]}


async def read(visitor):
    response = await visitor.get(ADDRESS)
    return response.json()["files"] if response.status_code == 200 else None


async def test_a_draft_is_saved_read_replaced_and_deleted(visitor):
    first = await save(visitor)
    second = await save(visitor, WRONG, headers=knowing(first))
    shown = await visitor.get(ADDRESS)
    deleted = await visitor.delete(ADDRESS, headers=knowing(second))
    gone = await visitor.get(ADDRESS)

    assert (first.status_code, second.status_code) == (201, 200)
    assert first.headers["etag"] != second.headers["etag"] == shown.headers["etag"]
    assert shown.json()["files"] == WRONG
    assert {**shown.json(), "files": None} == {**second.json(), "files": None}
    assert (deleted.status_code, deleted.content) == (204, b"")
    assert (gone.status_code, gone.json()["code"]) == (404, "draft_not_found")


async def test_files_come_back_in_the_order_in_which_they_were_sent(visitor):
    files = {"z.py": "1", "adding.py": "2", "a/b.py": ""}

    await save(visitor, files)

    assert list(await read(visitor)) == list(files)


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
async def test_a_change_that_does_not_say_what_it_knew_is_refused(visitor, method):
    await save(visitor)

    response = await visitor.request(method, ADDRESS, json={"files": WRONG})

    assert (response.status_code, response.json()["code"]) == (428, "precondition_required")
    assert "If-Match" in response.json()["detail"]
    assert await read(visitor) == RIGHT


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
@pytest.mark.parametrize(
    "headers",
    [
        NEW,
        {"If-Match": '"0190a1b2-0000-7000-8000-000000000000"'},
        {"If-Match": 'W/"{newest}"'},
        {"If-Match": "{newest}"},
        {"If-Match": '"old"'},
        {"If-None-Match": '"other", "{newest}"'},
    ],
    ids=["knew none", "another", "weak", "no quotes", "an older", "wanted another"],
)
async def test_a_draft_that_was_not_known_is_neither_replaced_nor_deleted(visitor, method, headers):
    old = await save(visitor, {"adding.py": "# old\n"})
    newest = (await save(visitor, headers=knowing(old))).json()["revision"]
    values = {"old": old.json()["revision"], "newest": newest}
    sent = {
        name: value.replace('"old"', '"{old}"').format(**values) for name, value in headers.items()
    }

    response = await visitor.request(method, ADDRESS, json={"files": WRONG}, headers=sent)

    assert (response.status_code, response.json()["code"]) == (412, "draft_changed")
    assert response.json()["revision"] == newest
    assert await read(visitor) == RIGHT


@pytest.mark.parametrize(
    "tags", ["*", '"{newest}"', '"another", "{newest}"', '"with, a comma",W/"weak" , "{newest}"']
)
async def test_whoever_knew_the_newest_replaces_it(visitor, tags):
    newest = (await save(visitor)).json()["revision"]

    response = await save(visitor, WRONG, headers={"If-Match": tags.format(newest=newest)})

    assert response.status_code == 200
    assert await read(visitor) == WRONG


@pytest.mark.parametrize("headers", [{"If-Match": "*"}, {"If-Match": '"gone"'}])
async def test_a_draft_that_was_deleted_meanwhile_does_not_come_back_unasked(visitor, headers):
    response = await save(visitor, headers=headers)

    assert (response.status_code, response.json()["code"]) == (412, "draft_changed")
    assert response.json()["revision"] is None
    assert await read(visitor) is None


async def test_a_change_whose_answer_was_lost_can_be_sent_again(visitor):
    first = await save(visitor)
    again = await save(visitor)
    await visitor.delete(ADDRESS, headers=knowing(first))

    gone = await visitor.delete(ADDRESS, headers=knowing(first))

    assert (again.status_code, again.headers["etag"]) == (200, first.headers["etag"])
    assert gone.status_code == 204


async def test_of_many_who_knew_the_same_one_wins(visitor):
    first = await save(visitor)
    answers = await asyncio.gather(
        *(
            save(visitor, {"adding.py": f"# {number}\n"}, headers=knowing(first))
            for number in range(8)
        )
    )

    won = [answer for answer in answers if answer.status_code == 200]
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 7
    assert (await visitor.get(ADDRESS)).headers["etag"] == won[0].headers["etag"]


async def test_of_many_who_knew_that_there_was_none_one_wins(visitor):
    answers = await asyncio.gather(
        *(save(visitor, {"adding.py": f"# {number}\n"}) for number in range(8))
    )

    assert sorted(answer.status_code for answer in answers) == [201] + [412] * 7


@pytest.mark.parametrize("tags", ['"{newest}"', 'W/"{newest}"', '"old", "{newest}"', "*"])
async def test_a_reader_who_has_the_newest_is_sent_nothing(visitor, tags):
    newest = (await save(visitor)).json()["revision"]

    response = await visitor.get(ADDRESS, headers={"If-None-Match": tags.format(newest=newest)})

    assert (response.status_code, response.content) == (304, b"")
    assert response.headers["etag"] == f'"{newest}"'


async def test_a_reader_of_what_does_not_exist_is_told_so_whatever_they_have(visitor):
    response = await visitor.get(ADDRESS, headers={"If-None-Match": "*"})

    assert response.status_code == 404


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"files": {}}, 422, "nothing_submitted"),
        ({"files": {"a.py": "x" * (LARGEST_FILE_BYTES + 1)}}, 413, "submission_too_large"),
        (
            {"files": {f"{n}.py": "x" * LARGEST_FILE_BYTES for n in range(5)}},
            413,
            "submission_too_large",
        ),
        ({"files": {f"{n}.py": "" for n in range(MOST_FILES + 1)}}, 413, "submission_too_large"),
        ({"files": {"a.py": "x" * 4_000_000}}, 413, "request_too_large"),
        ({"files": {"../a.py": ""}}, 422, "file_not_accepted"),
        ({"files": {"a.py": "null\x00byte"}}, 422, "file_not_accepted"),
        ({"files": {"a.py": "\ud800"}}, 422, "file_not_accepted"),
        ({"files": {"A.py": "", "a.py": ""}}, 422, "file_not_accepted"),
        ({"files": RIGHT, "version": "a\x00b"}, 422, "request_not_valid"),
        ({"files": RIGHT, "stack": "python"}, 422, "request_not_valid"),
        ([], 422, "request_not_valid"),
    ],
)
async def test_what_a_submission_may_not_hold_is_not_saved(visitor, body, status, code):
    await save(visitor)
    headers = {"If-Match": "*", "Content-Type": "application/json"}

    response = await visitor.put(ADDRESS, content=json.dumps(body), headers=headers)

    assert (response.status_code, response.json()["code"]) == (status, code)
    assert "to be graded" not in response.json()["detail"]
    assert await read(visitor) == RIGHT


@pytest.mark.parametrize(
    ("address", "status", "code"),
    [
        ("/api/v1/labs/nothing/drafts/python", 404, "lab_not_found"),
        ("/api/v1/labs/adding/drafts/perl", 422, "stack_not_offered"),
    ],
)
async def test_a_draft_is_of_a_lab_in_a_stack_that_it_offers(visitor, address, status, code):
    response = await save(visitor, address=address)

    assert (response.status_code, response.json()["code"]) == (status, code)


async def test_another_learners_draft_does_not_exist_for_me(client, make, visitor):
    mine = await save(visitor)
    other = client.log_in(await make.learner("Grace"))

    shown = await other.get(ADDRESS)
    replaced = await save(other, WRONG, headers=knowing(mine))
    await other.delete(ADDRESS, headers=knowing(mine))

    assert shown.status_code == 404
    assert (replaced.status_code, replaced.json()["revision"]) == (412, None)
    assert await read(visitor) == RIGHT


async def test_drafts_of_two_stacks_and_of_two_labs_are_different(client, make):
    await make.lab(stacks=("python", "node"))
    await make.lab("other")
    visitor = client.log_in(await make.learner())
    others = ("/api/v1/labs/adding/drafts/node", "/api/v1/labs/other/drafts/python")
    await save(visitor)

    created = [await save(visitor, WRONG, address=address) for address in others]

    assert [response.status_code for response in created] == [201, 201]
    assert await read(visitor) == RIGHT


async def test_the_drafts_of_a_lab_are_listed_for_their_learner_alone(client, make):
    await make.lab(stacks=("python", "node"))
    visitor = client.log_in(await make.learner())
    other = client.log_in(await make.learner("Grace"))
    saved = [
        (await save(visitor, address=f"/api/v1/labs/adding/drafts/{stack}")).json()
        for stack in ("node", "python")
    ]

    listed = await visitor.get("/api/v1/labs/adding/drafts")
    of_others = await other.get("/api/v1/labs/adding/drafts")

    assert listed.json()["items"] == saved
    assert of_others.json()["items"] == []


async def test_a_page_of_another_account_saves_nothing(make, visitor):
    grace = await make.learner("Grace")

    refused = await save(visitor, headers={**NEW, "Milepost-Account": str(grace.id)})

    assert (refused.status_code, refused.json()["code"]) == (409, "account_changed")
    assert await read(visitor) is None


async def test_another_sites_page_saves_and_deletes_nothing(visitor):
    await save(visitor)
    foreign = {"If-Match": "*", "Sec-Fetch-Site": "cross-site"}

    saved = await save(visitor, WRONG, headers=foreign)
    deleted = await visitor.delete(ADDRESS, headers=foreign)

    assert (saved.status_code, deleted.status_code) == (403, 403)
    assert await read(visitor) == RIGHT


async def test_a_draft_names_the_version_of_the_lab_that_it_was_written_for(visitor, make):
    older = (await visitor.get("/api/v1/labs/adding")).json()["version"]
    newer = (await make.lab(title="Adding up, anew")).content_hash

    first = await save(visitor, version=older)
    second = await save(visitor, WRONG, headers=knowing(first))

    assert first.json()["version"] == older
    assert second.json()["version"] == newer


async def test_saving_asks_the_same_few_things_however_many_files(visitor, count_queries):
    first = await save(visitor)
    files = {f"part_{number}.py": "x = 1\n" for number in range(20)}

    with count_queries() as asked:
        response = await save(visitor, files, headers=knowing(first))

    assert response.status_code == 200
    assert len(asked) <= STATEMENTS, asked


async def test_saves_are_kept_as_spells_of_work_which_a_long_pause_ends(visitor, database, clock):
    saved = await save(visitor)
    for minutes, files in ((10, WRONG), (12, RIGHT), (40, WRONG)):
        clock.set_forward(minutes=minutes)
        saved = await save(visitor, files, headers=knowing(saved))
        assert saved.status_code == 200

    async with database.transaction() as session:
        rows = await session.execute(
            text("SELECT last_at - began_at FROM work_spells ORDER BY began_at")
        )
        lengths = [round(length.total_seconds() / 60) for (length,) in rows]
    assert lengths == [22, 0]


async def test_a_draft_goes_with_its_learner(visitor, learner, database):
    await save(visitor)

    async with database.transaction() as session:
        await session.execute(delete(User).where(User.id == learner.id))
        left = await session.scalar(text("SELECT count(*) FROM drafts"))

    assert left == 0
