"""Being placed past a skill by its challenge: what moves on, what is proven, and what stays so."""

import pytest

from factories.content import CheckDraft, SkillDraft, write_challenge
from fakes.grader import FakeGrader, failed
from milepost.catalog.errors import ContentInvalid
from milepost.submissions.types import SubmissionKind

SKILLS = (
    SkillDraft("basics", ("adding", "naming", "counting")),
    SkillDraft("end", ("summing",)),
)


@pytest.fixture
async def path(make):
    return await make.path("tiny", skills=SKILLS)


@pytest.fixture
async def learner(make):
    return await make.learner()


@pytest.fixture
async def challenge(make, path, publish):
    """The tiny path with a lab for three objectives, of which `adding` is the challenge."""
    lab = await publish("basics.adding", stacks=["python"])
    await publish("basics.naming")
    await publish("end.summing")
    write_challenge(path, "adding", skill="basics")
    await make.published()
    return lab


@pytest.fixture
def hand_in(make, queue, learner):
    async def hand_in(lab, grader=None, **options):
        await make.submission(lab=lab, learner=learner, **options)
        await queue.work(grader or FakeGrader())

    return hand_in


@pytest.fixture
def look(client, learner):
    async def look():
        visitor = client.log_in(learner)
        shown = (await visitor.get("/api/v1/paths/tiny")).json()
        [in_short] = (await visitor.get("/api/v1/progress")).json()["paths"]
        standing = shown["skills"][0]["standing"]
        assert in_short["skills"][0]["standing"] == standing
        assert (in_short["start_here"], in_short["words"]) == (shown["start_here"], shown["words"])
        return shown["start_here"], shown["words"], standing

    return look


async def test_passing_the_challenge_moves_on_and_proves_what_it_proves(challenge, hand_in, look):
    before = await look()

    await hand_in(challenge)

    start, words, standing = await look()
    assert (before[0], before[2]["is_placed"]) == ("basics", False)
    assert (start, words) == ("end", "Start here: 2 End.")
    assert standing == {
        "provable_count": 2,
        "new_count": 0,
        "is_walked": False,
        "is_placed": True,
        "words": "Placed: 1 of the 2 that can be proven",
    }


@pytest.mark.parametrize("kind", [SubmissionKind.TRY, SubmissionKind.SUBMISSION])
async def test_only_a_submission_that_passes_places(challenge, hand_in, look, kind):
    passes = kind is SubmissionKind.TRY
    await hand_in(challenge, FakeGrader() if passes else FakeGrader(failed()), kind=kind)

    start, _, standing = await look()

    assert (start, standing["is_placed"]) == ("basics", False)


async def test_another_lab_places_nobody(challenge, publish, hand_in, look):
    await hand_in(await publish("basics.naming"))

    start, _, standing = await look()

    assert challenge.slug == "adding"
    assert (start, standing["is_placed"]) == ("basics", False)


async def test_drills_that_are_left_are_told(challenge, make, hand_in, look):
    await make.drill("naming")
    await hand_in(challenge)

    _, _, standing = await look()

    assert standing["words"] == "Placed: 1 of the 2 that can be proven, 1 more to practise"


async def test_who_proves_the_rest_has_walked_the_skill(challenge, publish, hand_in, look):
    await hand_in(challenge)
    await hand_in(await publish("basics.naming"))

    _, _, standing = await look()

    assert (standing["is_walked"], standing["is_placed"]) == (True, False)
    assert standing["words"] == "2 of the 2 that can be proven"


async def test_where_all_is_walked_or_placed_the_words_say_what_is_left(
    challenge, publish, hand_in, look
):
    await hand_in(challenge)
    await hand_in(await publish("end.summing"))

    start, words, _ = await look()

    assert start is None
    assert words == (
        "Every milestone here is walked or placed. Where you were placed, "
        "1 objective can still be proven."
    )


async def test_who_passed_before_it_was_the_challenge_is_placed_too(
    make, path, publish, hand_in, look
):
    lab = await publish("basics.adding")
    await publish("basics.naming")
    await hand_in(lab)
    assert not (await look())[2]["is_placed"]

    write_challenge(path, "adding", skill="basics")
    await make.published()

    assert (await look())[2]["is_placed"]


@pytest.mark.parametrize("other", ["naming", None])
async def test_who_is_placed_stays_so_when_the_challenge_changes(
    challenge, make, path, hand_in, look, other
):
    await hand_in(challenge)

    write_challenge(path, other, skill="basics")
    await make.published()
    await make.published()

    start, _, standing = await look()
    assert (start, standing["is_placed"]) == ("end", True)


async def test_another_learner_is_placed_by_their_own_pass_alone(challenge, make, hand_in, client):
    await hand_in(challenge)
    grace = client.log_in(await make.learner("Grace"))

    shown = (await grace.get("/api/v1/paths/tiny")).json()

    assert (shown["start_here"], shown["skills"][0]["standing"]["is_placed"]) == ("basics", False)


async def test_lists_and_the_lab_name_the_challenge(challenge, client, learner):
    visitor = client.log_in(learner)

    listed = (await visitor.get("/api/v1/labs")).json()["items"]
    shown = (await visitor.get("/api/v1/labs/adding")).json()
    other = (await visitor.get("/api/v1/labs/naming")).json()

    assert challenge.slug == "adding"
    assert {lab["slug"]: lab["is_challenge"] for lab in listed} == {
        "adding": True, "naming": False, "summing": False,
    }  # fmt: skip
    assert (shown["is_challenge"], other["is_challenge"]) == (True, False)


@pytest.mark.parametrize(
    ("named", "says"),
    [
        ("ading", "challenge names no lab of this skill: ading. Name one of adding, elsewhere."),
        ("summing", "challenge names no lab of this skill: summing."),
        ("../labs/adding", "challenge names no lab of this skill: ../labs/adding."),
        ("drill-adding", "challenge names a drill, drill-adding, and drills prove nothing."),
        ("elsewhere", "challenge names elsewhere, which proves no objective of this skill."),
    ],
)
async def test_what_can_be_no_challenge_is_refused_with_what_to_do(
    make, path, publish, named, says
):
    await publish("basics.adding")
    await publish("end.summing")
    checks = (CheckDraft(objective="end.summing"),)
    await make.lab("elsewhere", path=path, skill="basics", checks=checks)
    write_challenge(path, named, skill="basics")

    with pytest.raises(ContentInvalid) as refused:
        await make.published()

    assert str(refused.value).startswith(f"1-basics/skill.toml: {says}")


async def test_a_skill_without_labs_is_told_to_name_no_challenge(make, path):
    write_challenge(path, "adding", skill="end")

    with pytest.raises(ContentInvalid, match="It has none yet, so remove the line"):
        await make.published()


async def test_a_challenge_that_cannot_be_loaded_is_skipped_and_places_nobody(
    challenge, make, path, look
):
    (path / "1-basics" / "labs" / "adding" / "lab.toml").write_text("slug = ")
    report = await make.published()

    start, _, standing = await look()

    assert challenge.slug not in report.labs
    assert (start, standing["is_placed"]) == ("basics", False)
