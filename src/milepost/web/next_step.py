"""Where to go on after a verdict: which check to look at, and which milestone can be proven next.

Pure choices on what `submissions` and `progress` answer; the words around them stand in the
templates. Invariant: no link promises a proof that no lab here can give.
"""

from dataclasses import dataclass

from milepost.engine import CheckResult, Outcome, Verdict
from milepost.progress.types import PathView, SkillView
from milepost.submissions.types import GradingView

DECIDED_BY = {
    Verdict.LAB_BROKEN: Outcome.BROKEN,
    Verdict.TIMED_OUT: Outcome.TIMED_OUT,
    Verdict.CRASHED: Outcome.CRASHED,
    Verdict.FAILED: Outcome.FAILED,
}


@dataclass(frozen=True, slots=True)
class NextStep:
    """A link onwards, and the sentence that has to be said before it, if there is one."""

    said: str
    words: str
    address: str


def find_decisive(grading: GradingView) -> CheckResult | None:
    """Return the first check that ended as the whole grading did, else the first not passed.

    Of several such, one that tells what happened comes before a hidden one.
    """
    outcome = DECIDED_BY.get(grading.verdict) if grading.verdict else None
    missed = [check for check in grading.checks if check.outcome is not Outcome.PASSED]
    missed.sort(key=lambda check: check.hidden)
    alike = (check for check in missed if check.outcome is outcome)
    return next(alike, missed[0] if missed else None)


def find_next_step(path: PathView, lab_skill: str) -> NextStep:
    """Lead to the rest of this milestone, else to the next that labs can prove, else to the road.

    A milestone can be unproven and yet lead nowhere, because no lab here proves what is left.
    """
    open_skills = [skill for skill in path.skills if _can_be_proven_further(skill)]
    here = next(skill for skill in path.skills if skill.slug == lab_skill)
    if here in open_skills:
        return NextStep("", f"Go on with {here.title}", _address(here))
    said = "" if here.is_proven else f"Nothing more in {here.title} can be proven here yet."
    if open_skills:
        flagged = (skill for skill in open_skills if skill.is_start_here)
        following = next(flagged, open_skills[0])
        return NextStep(said, f"Start here next: {following.title}", _address(following))
    if any(not skill.is_proven for skill in path.skills):
        said = "With this, all that the labs here can prove is proven."
    return NextStep(said, "See the whole road", f"/paths/{path.slug}")


def _can_be_proven_further(skill: SkillView) -> bool:
    return any(each.proven_at is None and each.lab_slugs for each in skill.objectives)


def _address(skill: SkillView) -> str:
    return f"/paths/{skill.path}/skills/{skill.slug}"
