"""Paths through the API: shown with progress, and made of data alone."""

from factories.content import CheckDraft, SkillDraft
from fakes.grader import FakeGrader


async def test_paths_are_listed_with_the_tracks_they_offer(client, make):
    await make.path("tiny")
    learner = await make.learner()

    response = await client.log_in(learner).get("/api/v1/paths")

    assert response.status_code == 200
    (path,) = response.json()["items"]
    assert path["slug"] == "tiny"
    assert path["languages"] == [
        {"slug": "python", "title": "Python", "stack": "python"},
        {"slug": "cobol", "title": "COBOL", "stack": None},
    ]
    assert path["frameworks"][0]["language"] == "python"


async def test_a_second_path_is_only_more_files(client, make):
    await make.path("tiny")
    await make.path("music", skills=(SkillDraft("rhythm", ("counting",)),))
    learner = await make.learner()

    listed = await client.log_in(learner).get("/api/v1/paths")
    shown = await client.log_in(learner).get("/api/v1/paths/music")

    assert [path["slug"] for path in listed.json()["items"]] == ["music", "tiny"]
    assert [skill["slug"] for skill in shown.json()["skills"]] == ["rhythm"]


async def test_a_path_shows_its_skills_in_order_with_nothing_proven_at_first(client, make):
    await make.lab()
    learner = await make.learner()

    path = (await client.log_in(learner).get("/api/v1/paths/tiny")).json()

    assert path["start_here"] == "basics"
    assert (path["objective_count"], path["proven_count"]) == (3, 0)
    basics, beyond = path["skills"]
    assert (basics["slug"], basics["order"], basics["is_start_here"]) == ("basics", 1, True)
    assert (beyond["slug"], beyond["order"], beyond["is_start_here"]) == ("beyond", 2, False)
    assert basics["objectives"][0] == {
        "key": "basics.adding",
        "slug": "adding",
        "title": "Adding",
        "sentence": "Can do adding.",
        "proven_at": None,
        "practised_at": None,
        "mark": "open",
        "has_lesson": False,
        "labs": ["adding"],
        "drill": None,
    }
    assert basics["course"]["state"] == "none"
    assert [lab["slug"] for lab in basics["labs"]] == ["adding"]


async def test_passing_a_lab_proves_its_objectives_and_moves_the_milepost(client, make, queue):
    path = await make.path(
        "tiny", skills=(SkillDraft("basics", ("adding",)), SkillDraft("beyond", ("a",)))
    )
    lab = await make.lab()
    await make.lab("a", path=path, skill="beyond", checks=(CheckDraft(objective="beyond.a"),))
    learner = await make.learner()
    await make.submission(lab=lab, learner=learner)

    await queue.work(FakeGrader())
    path = (await client.log_in(learner).get("/api/v1/paths/tiny")).json()

    assert path["skills"][0]["is_proven"]
    assert path["skills"][0]["objectives"][0]["proven_at"] is not None
    assert path["start_here"] == "beyond"


async def test_another_learners_progress_is_not_mine(client, make, queue):
    lab = await make.lab()
    await make.submission(lab=lab, learner=await make.learner("Grace"))
    await queue.work(FakeGrader())
    learner = await make.learner("Ada")

    path = (await client.log_in(learner).get("/api/v1/paths/tiny")).json()

    assert path["proven_count"] == 0


async def test_an_unknown_path_is_a_problem_that_says_where_to_look(client, make):
    learner = await make.learner()

    response = await client.log_in(learner).get("/api/v1/paths/nowhere")

    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json() == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "There is no path called nowhere. The list of paths shows all.",
        "code": "path_not_found",
        "path": "nowhere",
    }
