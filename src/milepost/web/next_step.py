"""Where to go on: after a verdict, and from the road to where the learner was.

Pure choices on what `submissions` and `progress` answer; the words around them stand in the
templates. Invariant: no link promises a proof that no lab here can give.
"""

from dataclasses import dataclass

from milepost.engine import CheckResult
from milepost.labs.stages import list_unreached
from milepost.progress.types import LeftOff, Mark, PathView, SkillView
from milepost.submissions import decisive
from milepost.submissions.types import GradingView


@dataclass(frozen=True, slots=True)
class NextStep:
    """A link onwards, and the sentence that has to be said before it, if there is one."""

    said: str
    words: str
    address: str


def find_decisive(grading: GradingView) -> CheckResult | None:
    """Return the check to look at first; where there are stages, of one that is reached."""
    unreached = list_unreached(grading.stages)
    return decisive.find_decisive(grading.verdict, grading.checks, unreached)


def find_next_step(path: PathView, lab_skill: str, lab: str | None = None) -> NextStep:
    """Lead to the rest of this milestone, else to where the flag stands, else to the road.

    A milestone can be unproven and yet lead nowhere, because no lab here proves what is left.
    Its challenge leads past it: `lab` is the slug of what was passed.
    """
    here = next(skill for skill in path.skills if skill.slug == lab_skill)
    is_challenge = any(each.slug == lab and each.is_challenge for each in here.labs)
    was_placed = here.standing.is_placed and is_challenge
    if here.standing.open_count and not was_placed:
        return NextStep("", f"Go on with {here.title}", _address(here))
    said = "" if here.is_proven else f"Nothing more in {here.title} can be proven here yet."
    if was_placed:
        said = f"You are placed past {here.title}: the rest of it can wait."
    flagged = next((skill for skill in path.skills if skill.is_start_here), None)
    if flagged is not None and flagged is not here:
        return NextStep(said, f"Start here next: {flagged.title}", _address(flagged))
    words = said if was_placed else path.words
    return NextStep(words, "See the whole road", f"/paths/{path.slug}")


def find_step_after_drill(path: PathView, drill: str) -> NextStep:
    """Lead from a passed drill to a lab that proves what it practised, else to the next drill."""
    practised = (
        (skill, objective)
        for skill in path.skills
        for objective in skill.objectives
        if objective.drill is not None and objective.drill.slug == drill
    )
    found = next(practised, None)
    if found is None:  # the path has another drill there by now
        return NextStep(path.words, "See the whole road", f"/paths/{path.slug}")
    skill, objective = found
    labs = (lab for each in path.skills for lab in each.labs)
    proving = next((lab for lab in labs if lab.slug in objective.open_lab_slugs), None)
    if proving is not None and objective.mark is not Mark.PROVEN:
        return NextStep("A lab proves it:", proving.title, proving.address)
    ahead = skill.objectives[skill.objectives.index(objective) + 1 :]
    for each in ahead:
        if each.drill is not None and each.mark is Mark.OPEN:
            return NextStep("", f"Go on with {each.title}", each.drill.address)
    return NextStep("", f"Go on with {skill.title}", _address(skill))


def find_way_on(path: PathView, left: LeftOff | None) -> NextStep | None:
    """Lead to what was left unfinished, else to the flag, else to where one was placed past.

    A newcomer, who has handed in nothing, starts where others go on.
    """
    if left is not None:
        return NextStep("", f"Go on with {left.lab.title}", left.address)
    flagged = next((skill for skill in path.skills if skill.is_start_here), None)
    placed = (each for each in path.skills if each.standing.is_placed and each.standing.open_count)
    ahead = flagged or next(placed, None)
    if ahead is None:
        return None
    labs = (lab for skill in path.skills for lab in (*skill.labs, *skill.drills))
    is_new = not path.proven_count and all(lab.last_verdict is None for lab in labs)
    return NextStep("", f"{'Start' if is_new else 'Go on'} with {ahead.title}", _address(ahead))


def _address(skill: SkillView) -> str:
    return f"/paths/{skill.path}/skills/{skill.slug}"
