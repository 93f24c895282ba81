"""The rules of progress: what is reached and walked, where to start, how a course's state moves.

Pure functions of plain values. Pages, the API and the terminal tell what `find_standing` returns.
"""

from collections.abc import Container, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from milepost.accounts.types import Track
from milepost.catalog.outlines import LabOutline, PathOutline, SkillOutline
from milepost.progress.types import CourseState, Mark, Reach, Standing


def find_provable(path: PathOutline, track: Track | None) -> frozenset[UUID]:
    """Return the objectives, by id, that labs of the track can prove; any lab, without a track.

    A closed lab proves nothing. A stack that belongs to no language and no framework of the path,
    such as `sql`, is for every track.
    """
    labs = _list_open(path, track)
    return frozenset(
        objective.id
        for skill in path.skills
        for objective in skill.objectives
        if not labs.isdisjoint(objective.lab_slugs)
    )


def find_reach(path: PathOutline, track: Track | None) -> Reach:
    """Return what labs of the track can prove, and what its drills can practise."""
    drills = {
        drill.slug
        for skill in path.skills
        for drill in skill.drills
        if not drill.is_closed and _is_for(path, drill, track)
    }
    practicable = frozenset(
        objective.id
        for skill in path.skills
        for objective in skill.objectives
        if objective.drill_slug in drills
    )
    return Reach(find_provable(path, track), practicable, _list_open(path, track))


def find_mark(*, is_proven: bool, is_practised: bool) -> Mark:
    """Return what is reached of an objective; what is proven needs no practice."""
    if is_proven:
        return Mark.PROVEN
    return Mark.PRACTISED if is_practised else Mark.OPEN


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
    reach: Reach,
    marks: Mapping[UUID, Mark],
    *,
    was_walked: bool,
    was_placed: bool,
    nothing_because: str,
) -> Standing:
    """Return where a learner stands with a skill, in figures and in words.

    What was walked once stays walked; whoever was placed past a skill stays so until it is walked.
    `nothing_because` ends the sentence on a skill of which nothing can be proven.
    """
    ids = [objective.id for objective in skill.objectives]
    proven = {each for each in ids if marks[each] is Mark.PROVEN}
    practised = {each for each in ids if marks[each] is Mark.PRACTISED}
    reachable = proven | practised | (set(ids) & (reach.provable | reach.practicable))
    proven_count = len(proven)
    open_count = len((set(ids) & reach.provable) - proven)
    walked = was_walked or is_walked(skill, reach.provable, proven)
    placed = was_placed and not walked and proven_count < len(ids)
    if not open_count and not (walked and proven_count):
        more = f"{proven_count} proven. Nothing more" if proven_count else "Nothing"
        words = f"{more} can be proven here {nothing_because}"
    else:
        words = f"{proven_count} of the {proven_count + open_count} that can be proven"
    if walked and open_count:
        words += f", {open_count} new"
    if practised:
        words += f", {len(practised)} practised"
    if placed:
        words = f"Placed: {words}{_say_to_practise(skill, reach, marks)}"
    return Standing(
        proven_count=proven_count,
        open_count=open_count,
        is_walked=walked,
        is_placed=placed,
        words=words,
        practised_count=len(practised),
        reachable_count=len(reachable),
    )


def _say_to_practise(skill: SkillOutline, reach: Reach, marks: Mapping[UUID, Mark]) -> str:
    ids = [objective.id for objective in skill.objectives]
    left = sum(marks[each] is Mark.OPEN and each in reach.practicable for each in ids)
    return f", {left} more to practise" if left else ""


def find_challenge(skill: SkillOutline) -> LabOutline | None:
    """Return the lab of a skill that may be passed before the others, if one is published."""
    return next((lab for lab in skill.labs if lab.is_challenge), None)


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
    """Return the slug of the first skill neither walked nor placed, or None when there is none.

    A skill of which nothing can be proven is passed over. A newcomer, who is past none, begins
    no earlier than where the path says; on a path without anything to prove, exactly there.
    """
    ahead = [slug for slug, standing in skills if standing.open_count and not standing.is_past]
    if any(standing.is_past for _, standing in skills):
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
    waiting = sum(each.open_count for each in standings.values() if each.is_placed)
    if waiting:
        are = "objective" if waiting == 1 else "objectives"
        return (
            "Every milestone here is walked or placed. Where you were placed, "
            f"{waiting} {are} can still be proven."
        )
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


def _list_open(path: PathOutline, track: Track | None) -> frozenset[str]:
    """List the labs, by slug, in which a learner of the track can prove something now."""
    return frozenset(
        lab.slug for lab in _list_labs(path) if not lab.is_closed and _is_for(path, lab, track)
    )


def _is_for(path: PathOutline, lab: LabOutline, track: Track | None) -> bool:
    if track is None:
        return True
    choices = (*path.languages, *path.frameworks)
    own = {choice.stack for choice in choices if choice.slug in (track.language, track.framework)}
    others = {choice.stack for choice in choices} - own
    return not others.issuperset(lab.stacks)
