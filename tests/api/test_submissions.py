"""Handing in through the API: accepted once, refused clearly, and never lost in between."""

import json

import pytest

from factories.content import RIGHT, WRONG
from fakes.grader import FakeGrader, failed
from milepost.submissions import queries, service
from milepost.submissions.policy import LARGEST_FILE_BYTES, MOST_FILES

STATEMENTS = 5  # who asks, what is offered, its rows, the flow's lock, the job


def solution(lab="adding", *, stack="python", files=RIGHT, **more):
    return {"lab": lab, "stack": stack, "files": files, **more}


@pytest.fixture
async def visitor(client, make):
    await make.lab()
    return client.log_in(await make.learner())


async def submit(visitor, body, *, key="one"):
    return await visitor.post("/api/v1/submissions", json=body, headers={"Idempotency-Key": key})


async def test_a_solution_is_accepted_and_queued(visitor, queue):
    response = await submit(visitor, solution())

    assert response.status_code == 202
    accepted = response.json()
    assert (accepted["lab"], accepted["stack"], accepted["kind"]) == (
        "adding",
        "python",
        "submission",
    )
    assert accepted["grading"]["status"] == "queued"
    assert accepted["grading"]["verdict"] is None
    (job,) = await queue.jobs()
    assert job.payload["grading_id"] == accepted["grading"]["id"]


async def test_a_double_click_is_one_submission(visitor, queue):
    first = await submit(visitor, solution(), key="click")
    second = await submit(visitor, solution(), key="click")

    assert second.status_code == 202
    assert second.json()["id"] == first.json()["id"]
    assert len(await queue.jobs()) == 1


@pytest.mark.parametrize(
    "other",
    [
        solution(files=WRONG),
        solution(files={**RIGHT, "more.py": ""}),
        solution(kind="try"),
        solution(stack="node"),
        solution("subtracting"),
    ],
    ids=["other files", "one file more", "another kind", "another stack", "another lab"],
)
async def test_a_key_with_any_other_request_is_refused_and_the_same_returns_the_first(
    client, make, queue, other
):
    await make.lab(stacks=("python", "node"))
    await make.lab("subtracting")
    visitor = client.log_in(await make.learner())
    first = await submit(visitor, solution(), key="click")

    refused = await submit(visitor, other, key="click")
    again = await submit(visitor, solution(), key="click")
    with_a_new_key = await submit(visitor, other, key="new")

    assert (refused.status_code, refused.json()["code"]) == (422, "idempotency_key_reused")
    assert (again.status_code, again.json()["id"]) == (202, first.json()["id"])
    assert with_a_new_key.status_code == 202
    assert len(await queue.jobs()) == 2


async def test_a_request_repeated_after_the_lab_changed_returns_the_first(make, visitor, queue):
    first = await submit(visitor, solution(), key="click")
    await make.lab(title="Adding up, anew")

    again = await submit(visitor, solution(), key="click")

    assert (again.status_code, again.json()["id"]) == (202, first.json()["id"])
    assert len(await queue.jobs()) == 1


async def test_a_solution_for_an_older_version_is_refused_where_the_version_is_named(
    visitor, make, queue
):
    older = (await visitor.get("/api/v1/labs/adding")).json()["version"]
    first = await submit(visitor, solution(version=older), key="first")
    newer = (await make.lab(title="Adding up, anew")).content_hash

    refused = await submit(visitor, solution(version=older), key="second")
    repeated = await submit(visitor, solution(version=older), key="first")
    accepted = await submit(visitor, solution(version=newer), key="third")

    assert (refused.status_code, refused.json()["code"]) == (409, "lab_changed")
    assert refused.json()["version"] == newer
    assert repeated.json()["id"] == first.json()["id"]
    assert accepted.status_code == 202
    assert len(await queue.jobs()) == 2


async def test_what_a_page_of_another_account_sends_is_refused(client, make, visitor, queue):
    grace = await make.learner("Grace")
    hers = client.log_in(grace)

    refused = await visitor.post(
        "/api/v1/submissions", json=solution(), headers={"Milepost-Account": str(grace.id)}
    )
    twin = await hers.post(
        "/api/v1/submissions", json=solution(), headers={"Milepost-Account": str(grace.id)}
    )

    assert (refused.status_code, refused.json()["code"]) == (409, "account_changed")
    assert twin.status_code == 202
    assert len(await queue.jobs()) == 1


async def test_two_learners_may_use_one_key(client, make, visitor):
    mine = await submit(visitor, solution(), key="click")
    other = client.log_in(await make.learner("Grace"))

    theirs = await submit(other, solution(), key="click")

    assert theirs.status_code == 202
    assert theirs.json()["id"] != mine.json()["id"]


async def test_without_a_key_every_request_is_a_submission(visitor, queue):
    await visitor.post("/api/v1/submissions", json=solution())
    await visitor.post("/api/v1/submissions", json=solution())

    assert len(await queue.jobs()) == 2


@pytest.mark.parametrize("key", ["x" * 65, "two words", "clé".encode("latin-1")])
async def test_a_key_that_is_no_key_is_refused(visitor, queue, key):
    response = await submit(visitor, solution(), key=key)

    assert response.status_code == 422
    assert response.json()["code"] == "request_not_valid"
    assert await queue.jobs() == []


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (solution("nothing"), 404, "lab_not_found"),
        (solution("a\x00b"), 422, "request_not_valid"),
        (solution(stack="node"), 422, "stack_not_offered"),
        (solution(files={}), 422, "nothing_submitted"),
        (solution(files={"a.py": "x" * (LARGEST_FILE_BYTES + 1)}), 413, "submission_too_large"),
        (
            solution(files={f"{n}.py": "x" * LARGEST_FILE_BYTES for n in range(5)}),
            413,
            "submission_too_large",
        ),
        (
            solution(files={f"{n}.py": "" for n in range(MOST_FILES + 1)}),
            413,
            "submission_too_large",
        ),
        (solution(files={"a.py": "x" * 4_000_000}), 413, "request_too_large"),
        (solution(files={"a.bin": "PK\x03\x04"}), 422, "file_not_accepted"),
        (solution(files={"a.py": "null\x00byte"}), 422, "file_not_accepted"),
        (solution(files={"a.py": 3}), 422, "request_not_valid"),
        (solution(learner="somebody"), 422, "request_not_valid"),
        (solution(kind="verdict"), 422, "request_not_valid"),
        ([], 422, "request_not_valid"),
    ],
)
async def test_what_cannot_be_accepted_is_refused_and_queues_nothing(
    visitor, queue, body, status, code
):
    response = await submit(visitor, body)

    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["code"] == code
    assert len(response.json()["detail"]) > 20
    assert await queue.jobs() == []


@pytest.mark.parametrize(
    "name",
    [
        "../adding.py",
        "a/../../adding.py",
        "/etc/passwd",
        "C:/adding.py",
        "a\\b.py",
        "a\x00.py",
        "a\nb.py",
        "",
        ".",
        "a//b.py",
        "con.py",
        "lib/NUL",
        "trailing.",
        " leading.py",
        "emoji-\N{SNAKE}.py",
        "\N{RIGHT-TO-LEFT OVERRIDE}yp.gnidda",
        "x" * 300,
        "/".join("abcdefghijkl"),
    ],
)
async def test_a_hostile_file_name_is_refused_by_name(visitor, queue, name):
    response = await submit(visitor, solution(files={**RIGHT, name: ""}))

    assert response.status_code == 422
    assert response.json()["code"] == "file_not_accepted"
    assert response.json()["path"] == name
    assert await queue.jobs() == []


@pytest.mark.parametrize("pair", [("Adding.py", "adding.py"), ("a", "a/b.py")])
async def test_names_that_would_be_one_file_somewhere_are_refused(visitor, pair):
    response = await submit(visitor, solution(files=dict.fromkeys(pair, "")))

    assert response.status_code == 422
    assert response.json()["code"] == "file_not_accepted"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (r'{"lab": "adding", "stack": "python", "files": {"a.py": "\ud800"}}', "file_not_accepted"),
        (r'{"lab": "adding", "stack": "python", "files": {"\ud800": ""}}', "file_not_accepted"),
        (r'{"lab": "\ud800", "stack": "python", "files": {"a.py": ""}}', "request_not_valid"),
        (r'{"lab": "adding", "stack": "python", "files": {"\ud800": 1}}', "request_not_valid"),
        (r'{"\ud800": "adding"}', "request_not_valid"),
    ],
)
async def test_text_that_no_encoding_can_hold_is_a_clear_refusal(visitor, queue, body, code):
    response = await visitor.post(
        "/api/v1/submissions", content=body, headers={"Content-Type": "application/json"}
    )

    assert response.status_code == 422
    assert response.json()["code"] == code
    assert await queue.jobs() == []


@pytest.mark.parametrize(
    "body", [b"", b"{", b'{"lab": "\xff"}', b"[" * 100_000, b'{"lab": 1e999}'], ids=len
)
async def test_what_is_not_json_is_a_clear_refusal(visitor, body):
    response = await visitor.post(
        "/api/v1/submissions", content=body, headers={"Content-Type": "application/json"}
    )

    assert response.status_code in {400, 422}
    assert response.headers["content-type"] == "application/problem+json"


async def test_a_body_without_a_declared_length_is_cut_off_at_the_limit(visitor):
    async def endless():
        for _ in range(64):
            yield b" " * 65_536

    response = await visitor.post(
        "/api/v1/submissions", content=endless(), headers={"Content-Type": "application/json"}
    )

    assert response.status_code == 413
    assert response.json()["code"] == "request_too_large"


async def test_handing_in_asks_the_same_few_things_however_many_files(visitor, count_queries):
    files = {f"part_{number}.py": "x = 1\n" for number in range(20)}
    await submit(visitor, solution())

    with count_queries() as asked:
        response = await submit(visitor, solution(files=files), key="two")

    assert response.status_code == 202
    assert len(asked) <= STATEMENTS, asked


async def test_a_failure_between_submission_and_answer_leaves_neither_row_nor_job(
    database, make, queue
):
    lab = await make.lab()
    learner = await make.learner()

    async def hand_in_and_be_interrupted():
        async with database.transaction() as session:
            await service.submit_solution(
                session,
                learner.actor,
                lab_slug=lab.slug,
                stack="python",
                files={"adding.py": b""},
                idempotency_key="one",
            )
            raise InterruptedError

    with pytest.raises(InterruptedError):
        await hand_in_and_be_interrupted()

    async with database.transaction() as session:
        assert await queries.list_submissions(session, learner.actor) == []
    assert await queue.jobs() == []


async def test_a_submission_is_shown_with_its_files(visitor):
    accepted = (await submit(visitor, solution())).json()

    shown = (await visitor.get(f"/api/v1/submissions/{accepted['id']}")).json()

    assert shown["files"] == RIGHT
    assert shown["is_current_version"]


async def test_a_submission_to_an_older_version_says_so(make, visitor):
    accepted = (await submit(visitor, solution())).json()
    await make.lab(title="Adding up, anew")

    shown = (await visitor.get(f"/api/v1/submissions/{accepted['id']}")).json()

    assert not shown["is_current_version"]
    assert shown["lab_title"] == "Adding up"


async def test_submissions_are_listed_newest_first_a_page_at_a_time(visitor):
    made = [(await submit(visitor, solution(), key=str(n))).json()["id"] for n in range(5)]

    seen, cursor = [], None
    while True:
        params = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await visitor.get("/api/v1/submissions", params=params)).json()
        seen += [submission["id"] for submission in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break

    assert seen == made[::-1]


async def test_submissions_can_be_asked_for_by_lab(make, visitor):
    await make.lab("other")
    await submit(visitor, solution(), key="a")
    await submit(visitor, solution("other"), key="b")

    page = (await visitor.get("/api/v1/submissions", params={"lab": "other"})).json()

    assert [submission["lab"] for submission in page["items"]] == ["other"]


async def test_a_try_is_graded_but_neither_listed_nor_counted(visitor, queue):
    accepted = (await submit(visitor, solution(kind="try"))).json()
    await queue.work(FakeGrader())

    grading = (await visitor.get(f"/api/v1/gradings/{accepted['grading']['id']}")).json()
    listed = (await visitor.get("/api/v1/submissions")).json()
    path = (await visitor.get("/api/v1/paths/tiny")).json()

    assert grading["verdict"] == "passed"
    assert listed["items"] == []
    assert path["proven_count"] == 0


async def test_a_cursor_that_was_never_given_out_is_refused(visitor):
    response = await visitor.get("/api/v1/submissions", params={"cursor": "yesterday"})

    assert response.status_code == 422
    assert response.json()["code"] == "cursor_not_valid"


@pytest.mark.parametrize("address", ["submissions/{id}", "submissions/{id}/gradings"])
async def test_another_learners_submission_does_not_exist_for_me(client, make, address):
    lab = await make.lab()
    theirs = await make.submission(lab=lab, learner=await make.learner("Grace"))
    visitor = client.log_in(await make.learner("Ada"))

    response = await visitor.get(f"/api/v1/{address.format(id=theirs.id)}")

    assert response.status_code == 404
    assert response.json()["code"] == "submission_not_found"


async def test_the_gradings_of_a_submission_are_listed_with_their_checks(visitor, queue):
    accepted = (await submit(visitor, solution())).json()
    await queue.work(FakeGrader(failed()))

    listed = (await visitor.get(f"/api/v1/submissions/{accepted['id']}/gradings")).json()

    (grading,) = listed["items"]
    assert grading["verdict"] == "failed"
    assert [check["outcome"] for check in grading["checks"]] == ["failed"]


async def test_a_deeply_nested_body_is_refused_rather_than_followed(visitor):
    body = json.dumps(solution())[:-1] + ', "more": ' + "[" * 5000 + "]" * 5000 + "}"

    response = await visitor.post(
        "/api/v1/submissions", content=body, headers={"Content-Type": "application/json"}
    )

    assert response.status_code in {400, 422}
