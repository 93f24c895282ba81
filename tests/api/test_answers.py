"""The answers to a lab through the API: for those who have passed it, and for nobody else."""

import io
import shutil
import zipfile

import pytest
from sqlalchemy import delete, update

from factories.content import HIDDEN, RIGHT, SLIPS, TWICE, VISIBLE, FlawDraft
from fakes.grader import FakeGrader, failed
from milepost.catalog.models import LabSolutions
from milepost.labs import load_lab
from milepost.submissions.types import SubmissionKind

ANSWERS = "/api/v1/labs/adding/answers"
CHECKS = (VISIBLE, TWICE, HIDDEN)
UNSEEN = FlawDraft("loses-the-sign", (TWICE.name, HIDDEN.name), "You lose the sign.")
OWN = {"adding.py": "def add(a, b):\n    return sum([a, b])\n"}
SOLUTION = RIGHT["adding.py"]
# What no learner may find before passing: the right answer, a wrong one, what is said of it.
SECRETS = ("return a + b", "return a - b", "You lose the sign.", "loses-the-sign")


@pytest.fixture
async def lab(make):
    return await make.lab(checks=CHECKS, flaws=(*SLIPS, UNSEEN), stacks=("python", "node"))


@pytest.fixture
async def passed(make, queue, lab):
    """A learner who has passed the lab in Python."""
    learner = await make.learner()
    await make.submission(lab=lab, learner=learner, files=OWN)
    await queue.work(FakeGrader())
    return learner


async def test_passing_opens_the_model_answer_beside_ones_own(client, passed):
    shown = (await client.log_in(passed).get(ANSWERS)).json()

    assert (shown["lab"], shown["stack"], shown["stacks"]) == (
        "adding",
        "python",
        ["python", "node"],
    )
    assert shown["own"] == OWN
    assert shown["solutions"] == [{"name": "python", "files": RIGHT}]


async def test_a_mistake_says_what_changes_and_which_visible_checks_see_it(client, passed):
    response = await client.log_in(passed).get(ANSWERS)

    by_title = {each["title"]: each for each in response.json()["mistakes"]}
    assert by_title.keys() == {"takes-away", "adds-other-numbers", "loses-the-sign"}
    unseen = by_title["loses-the-sign"]
    assert unseen["text"] == "You lose the sign."
    assert unseen["before"] == RIGHT
    assert "return a - b" in unseen["after"]["adding.py"]
    assert (unseen["checks"], unseen["hidden_check_count"]) == ([TWICE.title], 1)
    assert HIDDEN.title not in response.text
    assert HIDDEN.name not in response.text


async def test_another_stack_can_be_asked_for_and_has_no_work_of_ones_own(client, passed):
    shown = (await client.log_in(passed).get(ANSWERS, params={"stack": "node"})).json()

    assert shown["own"] is None
    assert list(shown["solutions"][0]["files"]) == ["adding.mjs"]
    assert [each["stack"] for each in shown["mistakes"]] == ["python"] * 3


async def test_ones_own_files_are_those_that_passed_last(client, make, queue, lab, passed):
    newest = {"adding.py": "def add(*numbers):\n    return sum(numbers)\n"}
    await make.submission(lab=lab, learner=passed, files=newest)
    await queue.work(FakeGrader())
    await make.submission(lab=lab, learner=passed, files=OWN)
    await queue.work(FakeGrader(failed()))

    assert (await client.log_in(passed).get(ANSWERS)).json()["own"] == newest


async def test_a_drill_opens_its_answers_too(client, make, queue):
    drill, learner = await make.drill(), await make.learner()
    address = f"/api/v1/labs/{drill.slug}/answers"
    visitor = client.log_in(learner)
    before = await visitor.get(address)
    await make.submission(lab=drill, learner=learner, files=OWN)
    await queue.work(FakeGrader())

    after = await visitor.get(address)

    assert (before.status_code, before.json()["code"]) == (404, "answers_not_open")
    assert len(after.json()["mistakes"]) == len(SLIPS)


@pytest.mark.parametrize(
    ("kind", "grader"),
    [
        (SubmissionKind.SUBMISSION, FakeGrader(failed())),
        (SubmissionKind.TRY, FakeGrader()),
        (SubmissionKind.SUBMISSION, None),
    ],
    ids=["failed", "only tried", "not graded yet"],
)
async def test_without_a_passing_submission_the_answers_are_not_found(
    client, make, queue, lab, kind, grader
):
    learner = await make.learner()
    await make.submission(lab=lab, learner=learner, files=OWN, kind=kind)
    if grader is not None:
        await queue.work(grader)

    response = await client.log_in(learner).get(ANSWERS)

    assert (response.status_code, response.json()["code"]) == (404, "answers_not_open")
    assert "once a submission of yours has passed" in response.json()["detail"]


@pytest.mark.usefixtures("passed")
async def test_what_somebody_else_passed_opens_nothing(client, make):
    stranger = client.log_in(await make.learner("Grace"))

    assert (await stranger.get(ANSWERS)).json()["code"] == "answers_not_open"
    assert (await client.get(ANSWERS)).status_code == 401


async def test_passing_one_lab_opens_no_other(client, make, passed):
    await make.lab("subtracting", checks=CHECKS, flaws=SLIPS)

    response = await client.log_in(passed).get("/api/v1/labs/subtracting/answers")

    assert (response.status_code, response.json()["code"]) == (404, "answers_not_open")


async def test_a_lab_that_does_not_exist_and_a_stack_that_is_not_offered(client, make, passed):
    visitor = client.log_in(passed)
    stranger = client.log_in(await make.learner("Grace"))

    unknown = await visitor.get("/api/v1/labs/nothing/answers")
    unoffered = await visitor.get(ANSWERS, params={"stack": "cobol"})
    untold = await stranger.get(ANSWERS, params={"stack": "cobol"})

    assert (unknown.status_code, unknown.json()["code"]) == (404, "lab_not_found")
    assert (unoffered.status_code, unoffered.json()["code"]) == (422, "stack_not_offered")
    assert untold.json()["code"] == "answers_not_open"


async def test_an_author_can_keep_the_answers(client, make, queue):
    lab = await make.lab(checks=CHECKS, flaws=(*SLIPS, UNSEEN), shows_answers=False)
    learner = await make.learner()
    await make.submission(lab=lab, learner=learner, files=OWN)
    await queue.work(FakeGrader())

    response = await client.log_in(learner).get(ANSWERS)

    assert (response.status_code, response.json()["code"]) == (404, "answers_not_shown")
    assert not any(secret in response.text for secret in SECRETS)


async def test_an_author_who_keeps_the_answers_later_keeps_those_of_older_versions(
    client, make, passed
):
    await make.lab(checks=CHECKS, flaws=SLIPS, stacks=("python", "node"), shows_answers=False)

    response = await client.log_in(passed).get(ANSWERS)

    assert response.json()["code"] == "answers_not_shown"


async def test_the_answers_are_those_of_the_version_that_passed(client, make, passed):
    other = FlawDraft(
        "of-the-new-version", (VISIBLE.name,), "Nobody who passed the old one sees me"
    )
    await make.lab(checks=CHECKS, flaws=(other,), stacks=("python", "node"))

    shown = (await client.log_in(passed).get(ANSWERS)).json()

    assert "of-the-new-version" not in {each["title"] for each in shown["mistakes"]}
    assert len(shown["mistakes"]) == 3


async def test_a_lab_that_left_the_files_still_shows_what_was_passed(client, make, passed):
    shutil.rmtree(make.content_dir / "tiny" / "1-basics" / "labs" / "adding")
    await make.published()

    assert (await client.log_in(passed).get(ANSWERS)).json()["own"] == OWN


async def test_publishing_again_fills_in_what_an_older_milepost_left_out(
    client, make, passed, database
):
    visitor = client.log_in(passed)
    async with database.transaction() as session:
        await session.execute(update(LabSolutions).values(flaws=None))
    without = (await visitor.get(ANSWERS)).json()
    async with database.transaction() as session:
        await session.execute(delete(LabSolutions))
    nothing = await visitor.get(ANSWERS)

    await make.published()

    filled = (await visitor.get(ANSWERS)).json()
    assert (len(without["solutions"]), without["mistakes"]) == (1, [])
    assert nothing.json()["code"] == "answers_not_shown"
    assert "Pass it as it stands now" in nothing.json()["detail"]
    assert len(filled["mistakes"]) == 3


@pytest.mark.parametrize(
    "address",
    [
        "/api/v1/labs",
        "/api/v1/labs/adding",
        "/api/v1/labs/adding/package",
        "/api/v1/labs/adding/answers",
        "/api/v1/paths/tiny",
        "/api/v1/progress",
        "/labs",
        "/labs/adding",
        "/labs/adding?stack=node",
        "/labs/adding/answers",
        "/submissions",
        "/submissions/{submission}",
        "/api/v1/submissions/{submission}",
        "/paths/tiny/skills/basics",
        "/api/v1/search?q=sign or loses",
        "/search?q=sign or loses",
    ],
)
async def test_before_passing_no_door_gives_an_answer_away(client, make, queue, lab, address):
    learner = await make.learner()
    handed_in = await make.submission(lab=lab, learner=learner, files=OWN)
    await queue.work(FakeGrader(failed()))

    response = await client.log_in(learner).get(address.format(submission=handed_in.id))

    content = response.content
    if response.headers["content-type"] == "application/zip":
        archive = zipfile.ZipFile(io.BytesIO(content))
        content = b"".join(archive.read(name) for name in archive.namelist())
        assert b"show_answers" not in content
    assert response.status_code == (404 if address.endswith("answers") else 200)
    assert not any(secret.encode() in content for secret in SECRETS)


async def test_only_a_lab_that_says_something_of_its_answers_has_another_hash(make):
    folder = make.content_dir / "tiny" / "1-basics" / "labs" / "adding"
    silent = await make.lab()
    assert load_lab(folder).shows_answers

    keeping = await make.lab(shows_answers=False)

    assert not load_lab(folder).shows_answers
    assert keeping.content_hash != silent.content_hash
