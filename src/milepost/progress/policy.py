"""The rules of progress: what is walked, where to start, and which moves a course's state can make.

Pure functions of plain values. Pages, the API and the terminal tell what `find_standing` returns.
"""

from collections.abc import Container, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from milepost.accounts.types import Track
from milepost.catalog.types import LabOutline, PathOutline, SkillOutline
from milepost.progress.types import CourseState, Standing


def find_provable(path: PathOutline, track: Track | None) -> frozenset[UUID]:
    """Return the objectives, by id, that labs of the track can prove; any lab, without a track.

    A closed lab proves nothing. A stack that belongs to no language and no framework of the path,
    such as `sql`, is for every track.
    """
    labs = {lab.slug for lab in _list_labs(path) if not lab.is_closed and _is_for(path, lab, track)}
    return frozenset(
        objective.id
        for skill in path.skills
        for objective in skill.objectives
        if not labs.isdisjoint(objective.lab_slugs)
    )


def is_walked(skill: SkillOutline, provable: Container[UUID], proven: Container[UUID]) -> bool:
    """Whether all that can be proven of a skill is proven, and there is something to prove."""
    ids = [objective.id for objective in skill.objectives if objective.id in provable]
    return bool(ids) and all(each in proven for each in ids)


def list_walked(
    path: PathOutline, track: Track | None, proven: Container[UUID]
) -> list[SkillOutline]:
    """Return the skills of a path that are walked as things are now."""
    provable = find_provable(path, track)
    return [skill for skill in path.skills if is_walked(skill, provable, proven)]


def find_standing(
    skill: SkillOutline,
    provable: Container[UUID],
    proven: Container[UUID],
    *,
    was_walked: bool,
    nothing_because: str,
) -> Standing:
    """Return where a learner stands with a skill, in figures and in words.

    What was walked once stays walked. `nothing_because` ends the sentence on a skill of which
    nothing can be proven.
    """
    ids = [objective.id for objective in skill.objectives]
    proven_count = sum(each in proven for each in ids)
    open_count = sum(each in provable and each not in proven for each in ids)
    walked = was_walked or is_walked(skill, provable, proven)
    if not open_count and not (walked and proven_count):
        more = f"{proven_count} proven. Nothing more" if proven_count else "Nothing"
        words = f"{more} can be proven here {nothing_because}"
    else:
        words = f"{proven_count} of the {proven_count + open_count} that can be proven"
    if walked and open_count:
        words += f", {open_count} new"
    return Standing(proven_count=proven_count, open_count=open_count, is_walked=walked, words=words)


def find_reason(path: PathOutline, skill: SkillOutline, track: Track | None) -> str:
    """Return why nothing of a skill can be proven, as the end of a sentence on that."""
    slugs = {slug for objective in skill.objectives for slug in objective.lab_slugs}
    labs = [lab for lab in _list_labs(path) if lab.slug in slugs]
    if any(lab.is_closed and _is_for(path, lab, track) for lab in labs):
        return "for now: its lab is closed"
    if labs and track is not None:
        return f"yet in {name_track(path, track, joined_by='or')}"
    return "yet"


def name_track(path: PathOutline, track: Track, *, joined_by: str) -> str:
    """Name a track's language and framework; one that the path does not offer, by its slug."""
    titles = {choice.slug: choice.title for choice in (*path.languages, *path.frameworks)}
    language, framework = (titles.get(slug, slug) for slug in (track.language, track.framework))
    return f"{language} {joined_by} {framework}"


def find_start_here(
    skills: Sequence[tuple[str, Standing]], *, newcomer_starts_at: str
) -> str | None:
    """Return the slug of the first skill that is not walked, or None when there is none.

    A skill of which nothing can be proven is passed over. A newcomer, who has walked none, begins
    no earlier than where the path says; on a path without anything to prove, exactly there.
    """
    ahead = [slug for slug, standing in skills if standing.open_count and not standing.is_walked]
    if any(standing.is_walked for _, standing in skills):
        return next(iter(ahead), None)
    if not ahead:
        return newcomer_starts_at
    order = [slug for slug, _ in skills]
    earliest = order.index(newcomer_starts_at)
    return next((slug for slug in ahead if order.index(slug) >= earliest), ahead[0])


def say_where_to_go(
    skills: Sequence[SkillOutline], standings: Mapping[str, Standing], start_here: str | None
) -> str:
    """Return where a learner goes on along a path, or why nothing lies ahead."""
    for skill in skills:
        if skill.slug == start_here:
            return f"Start here: {skill.position} {skill.title}."
    if all(standings[skill.slug].proven_count == len(skill.objectives) for skill in skills):
        return "Every objective of this path is proven."
    fresh = sum(standing.new_count for standing in standings.values())
    if fresh:
        are = "objective is" if fresh == 1 else "objectives are"
        return f"Every milestone here is walked. Since then, {fresh} {are} new."
    return "All that the labs here can prove is proven."


def course_dates(
    state: CourseState,
    now: datetime,
    *,
    planned_at: datetime | None,
    started_at: datetime | None,
) -> tuple[datetime, datetime | None, datetime | None]:
    """Return (planned_at, started_at, finished_at) for a course that moves to `state`.

    Moving forward keeps the dates behind; moving back forgets the dates ahead.
    """
    planned = planned_at or now
    if state is CourseState.PLANNED:
        return planned, None, None
    started = started_at or now
    return planned, started, now if state is CourseState.FINISHED else None


def course_state(
    *, planned_at: datetime | None, started_at: datetime | None, finished_at: datetime | None
) -> CourseState | None:
    """Return the state that these dates mean."""
    if finished_at is not None:
        return CourseState.FINISHED
    if started_at is not None:
        return CourseState.STARTED
    return CourseState.PLANNED if planned_at is not None else None


def _list_labs(path: PathOutline) -> list[LabOutline]:
    return [lab for skill in path.skills for lab in skill.labs]


def _is_for(path: PathOutline, lab: LabOutline, track: Track | None) -> bool:
    if track is None:
        return True
    choices = (*path.languages, *path.frameworks)
    own = {choice.stack for choice in choices if choice.slug in (track.language, track.framework)}
    others = {choice.stack for choice in choices} - own
    return not others.issuperset(lab.stacks)
