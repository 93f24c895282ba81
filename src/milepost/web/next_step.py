"""Where to go on: after a verdict, and from the road to where the learner was.

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
    """Lead to the rest of this milestone, else to where the flag stands, else to the road.

    A milestone can be unproven and yet lead nowhere, because no lab here proves what is left.
    """
    here = next(skill for skill in path.skills if skill.slug == lab_skill)
    if here.standing.open_count:
        return NextStep("", f"Go on with {here.title}", _address(here))
    said = "" if here.is_proven else f"Nothing more in {here.title} can be proven here yet."
    flagged = next((skill for skill in path.skills if skill.is_start_here), None)
    if flagged is not None and flagged is not here:
        return NextStep(said, f"Start here next: {flagged.title}", _address(flagged))
    return NextStep(path.words, "See the whole road", f"/paths/{path.slug}")


def find_way_on(path: PathView) -> NextStep | None:
    """Lead to the lab that was touched last, until it is passed, else to the flag, if one stands.

    A newcomer, who has touched nothing, starts where others go on.
    """
    touched = path.last_touched
    if touched is not None and touched.lab.passed_at is None:
        address = f"/labs/{touched.lab.slug}?stack={touched.stack}"
        return NextStep("", f"Go on with {touched.lab.title}", address)
    flagged = next((skill for skill in path.skills if skill.is_start_here), None)
    if flagged is None:
        return None
    is_new = touched is None and not path.proven_count
    return NextStep("", f"{'Start' if is_new else 'Go on'} with {flagged.title}", _address(flagged))


def _address(skill: SkillView) -> str:
    return f"/paths/{skill.path}/skills/{skill.slug}"
