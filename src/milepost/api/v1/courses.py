"""Suggested courses, and how far the learner is with each.

The state is the learner's own word; nothing here checks it against the provider.
"""

from fastapi import APIRouter

from milepost.api.v1.parameters import PathSlug, SkillSlug
from milepost.api.v1.schemas.courses import CourseOut, SetCourseState
from milepost.api.v1.schemas.shapes import Listing
from milepost.catalog.errors import SkillNotFound
from milepost.http.dependencies import CurrentLearner, SessionDep
from milepost.http.problems import problems
from milepost.progress import queries, service

router = APIRouter(prefix="/courses", tags=["courses"])


@router.get("")
async def list_courses(session: SessionDep, actor: CurrentLearner) -> Listing[CourseOut]:
    """List the courses suggested with the skills of every path, in the path's order."""
    view = await queries.get_progress(session, actor)
    courses = [skill.course for path in view.paths for skill in path.skills]
    return Listing(items=[CourseOut.model_validate(course) for course in courses])


@router.put("/{path}/{skill}/state", responses=problems(SkillNotFound))
async def set_course_state(
    path: PathSlug,
    skill: SkillSlug,
    body: SetCourseState,
    session: SessionDep,
    actor: CurrentLearner,
) -> CourseOut:
    """Plan, start, finish or forget a course.

    Moving forward keeps the dates behind; moving back forgets the dates ahead. `none` forgets
    everything. Sending the same state again keeps its date.
    """
    await service.set_course_state(
        session, actor, path=path, skill=skill, state=body.state.to_state()
    )
    _, view = await queries.get_skill_view(session, actor, path=path, skill=skill)
    return CourseOut.model_validate(view.course)
