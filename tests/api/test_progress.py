"""Progress in short, as the terminal shows it."""

from fakes.grader import FakeGrader


async def test_progress_tells_how_far_and_where_next(client, make, queue):
    lab = await make.lab()
    learner = await make.learner()
    visitor = client.log_in(learner)
    await visitor.put("/api/v1/courses/tiny/basics/state", json={"state": "started"})
    await make.submission(lab=lab, learner=learner)
    await queue.work(FakeGrader())

    progress = (await visitor.get("/api/v1/progress")).json()

    assert progress["track"] == {"language": "python", "framework": "fastapi"}
    (path,) = progress["paths"]
    assert (path["slug"], path["start_here"], path["proven_count"]) == ("tiny", None, 1)
    assert path["words"] == "All that the labs here can prove is proven."
    basics = path["skills"][0]
    assert (basics["proven_count"], basics["objective_count"]) == (1, 2)
    assert basics["course"]["state"] == "started"
