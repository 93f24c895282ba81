"""Courses through the API: planned, started, finished and forgotten."""

import pytest


@pytest.fixture
async def visitor(client, make):
    await make.path("tiny")
    return client.log_in(await make.learner())


async def set_state(visitor, state, skill="basics"):
    return await visitor.put(f"/api/v1/courses/tiny/{skill}/state", json={"state": state})


async def test_courses_are_listed_in_the_paths_order(visitor):
    courses = (await visitor.get("/api/v1/courses")).json()["items"]

    assert [(course["skill"], course["state"]) for course in courses] == [
        ("basics", "none"),
        ("beyond", "none"),
    ]
    assert courses[0]["provider"] == "Somebody"
    assert courses[0]["url"] is None


async def test_moving_forward_keeps_the_dates_behind(visitor):
    planned = (await set_state(visitor, "planned")).json()
    finished = (await set_state(visitor, "finished")).json()

    assert planned["state"] == "planned"
    assert finished["state"] == "finished"
    assert finished["planned_at"] == planned["planned_at"]
    assert finished["started_at"] is not None
    assert finished["finished_at"] is not None


async def test_moving_back_forgets_the_dates_ahead(visitor):
    await set_state(visitor, "finished")

    course = (await set_state(visitor, "started")).json()

    assert course["state"] == "started"
    assert course["finished_at"] is None


async def test_none_forgets_the_course(visitor):
    await set_state(visitor, "started")

    course = (await set_state(visitor, "none")).json()

    assert course["state"] == "none"
    assert (course["planned_at"], course["started_at"]) == (None, None)


async def test_a_course_of_an_unknown_skill_is_a_problem(visitor):
    response = await set_state(visitor, "started", skill="nothing")

    assert response.status_code == 404
    assert response.json()["code"] == "skill_not_found"


async def test_an_unknown_state_names_the_ones_there_are(visitor):
    response = await set_state(visitor, "enrolled")

    assert response.status_code == 422
    assert response.json()["code"] == "request_not_valid"
    assert "planned" in response.json()["detail"]


async def test_another_learners_courses_are_not_mine(client, make, visitor):
    await set_state(visitor, "started")

    other = client.log_in(await make.learner("Grace"))

    assert {course["state"] for course in (await other.get("/api/v1/courses")).json()["items"]} == {
        "none"
    }
