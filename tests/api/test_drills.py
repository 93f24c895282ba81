"""A drill that is passed practises its objective, and proves nothing."""

from fakes.grader import FakeGrader, failed
from milepost.submissions.types import SubmissionKind


async def skill_of(visitor):
    path = (await visitor.get("/api/v1/paths/tiny")).json()
    return path, path["skills"][0]


async def test_a_passed_drill_practises_its_objective(client, make, queue):
    drill = await make.drill()
    learner = await make.learner()
    await make.submission(lab=drill, learner=learner)
    await queue.work(FakeGrader())

    path, skill = await skill_of(client.log_in(learner))

    adding, naming = skill["objectives"]
    assert (adding["mark"], adding["proven_at"]) == ("practised", None)
    assert adding["practised_at"] is not None
    assert (naming["mark"], naming["practised_at"], naming["drill"]) == ("open", None, None)
    assert (path["proven_count"], path["practised_count"], skill["practised_count"]) == (0, 1, 1)
    assert skill["standing"]["words"] == "Nothing can be proven here yet, 1 practised"
    assert (adding["drill"]["slug"], adding["drill"]["kind"]) == ("drill-adding", "drill")
    assert adding["drill"]["last_verdict"] == "passed"
    assert (adding["labs"], skill["labs"]) == ([], [])


async def test_practice_walks_no_skill(client, make, queue):
    await make.lab()
    drill = await make.drill()
    learner = await make.learner()
    await make.submission(lab=drill, learner=learner)
    await queue.work(FakeGrader())

    path, skill = await skill_of(client.log_in(learner))

    assert path["start_here"] == "basics"
    assert skill["standing"]["is_walked"] is False
    assert skill["standing"]["words"] == "0 of the 1 that can be proven, 1 practised"
    assert skill["objectives"][0]["labs"] == ["adding"]


async def test_what_a_lab_proves_is_proven_whether_it_was_practised_or_not(client, make, queue):
    learner = await make.learner()
    for lab in (await make.drill(), await make.lab()):
        await make.submission(lab=lab, learner=learner)
    await queue.work(FakeGrader())

    _, skill = await skill_of(client.log_in(learner))

    assert skill["objectives"][0]["mark"] == "proven"
    assert skill["objectives"][0]["practised_at"] is not None
    assert (skill["proven_count"], skill["practised_count"]) == (1, 0)
    assert skill["standing"]["words"] == "1 of the 1 that can be proven"


async def test_what_is_practised_keeps_its_first_moment(client, make, queue):
    drill = await make.drill()
    learner = await make.learner()
    visitor = client.log_in(learner)
    moments = []
    for _ in range(2):
        await make.submission(lab=drill, learner=learner)
        await queue.work(FakeGrader())
        _, skill = await skill_of(visitor)
        moments.append(skill["objectives"][0]["practised_at"])

    assert moments[0] == moments[1]


async def test_a_drill_that_failed_or_was_only_tried_practises_nothing(client, make, queue):
    drill = await make.drill()
    learner = await make.learner()
    await make.submission(lab=drill, learner=learner, kind=SubmissionKind.TRY)
    await queue.work(FakeGrader())
    await make.submission(lab=drill, learner=learner)
    await queue.work(FakeGrader(failed()))

    _, skill = await skill_of(client.log_in(learner))

    assert skill["objectives"][0]["mark"] == "open"
    assert skill["objectives"][0]["drill"]["last_verdict"] == "failed"


async def test_practice_of_one_learner_is_not_another_ones(client, make, queue):
    drill = await make.drill()
    await make.submission(lab=drill, learner=await make.learner("Grace"))
    await queue.work(FakeGrader())

    _, skill = await skill_of(client.log_in(await make.learner("Ada")))

    assert skill["objectives"][0]["mark"] == "open"


async def test_drills_are_listed_apart_from_labs(client, make):
    await make.lab()
    await make.drill()
    visitor = client.log_in(await make.learner())

    labs = (await visitor.get("/api/v1/labs")).json()["items"]
    drills = (await visitor.get("/api/v1/labs?kind=drill")).json()["items"]
    whole = (await visitor.get("/api/v1/labs/drill-adding")).json()

    assert [(lab["slug"], lab["kind"]) for lab in labs] == [("adding", "lab")]
    assert [(lab["slug"], lab["kind"]) for lab in drills] == [("drill-adding", "drill")]
    assert (whole["kind"], whole["objectives"]) == (
        "drill",
        [{"key": "basics.adding", "title": "Adding"}],
    )


async def test_labs_of_an_unknown_kind_are_refused_with_those_there_are(client, make):
    answer = await client.log_in(await make.learner()).get("/api/v1/labs?kind=quiz")

    assert answer.status_code == 422
    assert "'lab' or 'drill'" in answer.text


async def test_progress_in_short_tells_of_practice(client, make, queue):
    drill = await make.drill()
    learner = await make.learner()
    await make.submission(lab=drill, learner=learner)
    await queue.work(FakeGrader())

    (path,) = (await client.log_in(learner).get("/api/v1/progress")).json()["paths"]

    assert (path["practised_count"], path["proven_count"]) == (1, 0)
    assert path["skills"][0]["practised_count"] == 1
