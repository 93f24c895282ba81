"""What the templates of labs and submissions draw, made from a lab's folder and an engine's run.

On a server the same values come from rows. Invariant: nothing decides here what a learner may see;
hidden checks, misconceptions, hints and stages go through the rules that the server's pages use.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from uuid import UUID

from milepost.catalog import reading
from milepost.catalog.errors import ContentInvalid
from milepost.catalog.guidance import HintStep
from milepost.catalog.types import CheckTitle, LabDetail, TaskInfo
from milepost.core.clock import utc_now
from milepost.engine import GradeReport, Outcome, blame_answer
from milepost.labs import Lab
from milepost.labs.stages import begin_stages, find_stages
from milepost.submissions.misconceptions import explain_failure
from milepost.submissions.queries.hints import show_step
from milepost.submissions.redaction import redact_hidden
from milepost.submissions.types import (
    CheckHints,
    GradingStatus,
    GradingView,
    SubmissionKind,
    SubmissionView,
)
from milepost.web.preview.rounds import Run

_NOBODY = UUID(int=0)  # what a preview shows is no row, so it has no id
_SOLUTIONS, _STARTER, _FLAWS = "solutions/", "starter/", "flawed/"
_FIELD = re.compile(
    r"(?P<file>[\w./-]+\.toml)(?:, \[+(?P<table>[\w.-]+)\]+[^:]*)?: `(?P<field>[\w-]+)`"
)


@dataclass(frozen=True, slots=True)
class PathFacts:
    """What a lab's page says of the path that it lies in."""

    slug: str
    titles: Mapping[str, str]  # of objectives, by key
    problem: str = ""  # why the path's own files could not be read


@dataclass(frozen=True, slots=True)
class Comparison:
    """Whether an answer failed what its author has declared, by names of checks."""

    declared: tuple[str, ...]
    missed: tuple[str, ...]  # that should fail, but passed
    surplus: tuple[str, ...]  # that fail, but should not

    @property
    def holds(self) -> bool:
        """Whether the answer ended exactly as declared."""
        return not self.missed and not self.surplus


def read_path_facts(lab: Lab) -> PathFacts:
    """Read what the lab's path calls its objectives; outside of a path they have their keys."""
    folder = lab.folder.resolve().parents[2]
    if not (folder / "path.toml").is_file():
        return PathFacts("path", {})
    try:
        path = reading.read_path(folder)
    except ContentInvalid as error:
        return PathFacts("path", {}, str(error))
    titles = {
        f"{skill.facts.slug}.{objective.slug}": objective.title
        for skill in path.skills
        for objective in skill.facts.objectives
    }
    return PathFacts(path.facts.slug, titles)


def show_lab(lab: Lab, path: PathFacts) -> LabDetail:
    """Return a lab as its learners' pages know it."""
    visible = [check for check in lab.checks if not check.hidden]
    return LabDetail(
        version_id=_NOBODY,
        content_hash=lab.content_hash,
        slug=lab.slug,
        title=lab.title,
        summary=lab.summary,
        path_slug=path.slug,
        skill_slug=lab.objectives[0].partition(".")[0] if lab.objectives else "",
        skill_title="",
        objectives=tuple((key, path.titles.get(key, key)) for key in lab.objectives),
        difficulty=lab.difficulty,
        minutes=lab.minutes,
        stacks=lab.stacks,
        brief=lab.brief,
        tasks=tuple(TaskInfo(**asdict(task)) for task in lab.tasks),
        checks=tuple(
            CheckTitle(
                name=check.name, title=check.title, task=check.task, objectives=check.objectives
            )
            for check in visible
        ),
        hidden_check_count=len(lab.checks) - len(visible),
        starter={},
        programs={},
        is_staged=lab.is_staged,
        kind=lab.kind,
        services=lab.grading.services,
    )


def show_submission(lab: Lab, run: Run) -> SubmissionView:
    """Return an answer as if a learner had handed it in just now."""
    report = run.report
    return SubmissionView(
        id=_NOBODY,
        lab=lab.slug,
        lab_title=lab.title,
        stack=run.stack,
        kind=SubmissionKind.SUBMISSION,
        created_at=utc_now(),
        is_current_version=True,
        grading_id=_NOBODY,
        status=GradingStatus.FINISHED if report else GradingStatus.RUNNING,
        verdict=report.verdict if report else None,
        graded_at=utc_now() if report else None,
        lab_kind=lab.kind,
    )


def show_grading(lab: Lab, run: Run, report: GradeReport, path: PathFacts) -> GradingView:
    """Return a run that is over as its learner would see it, with every step of each hint open.

    A check that broke counts against the answer, as it does on a server where the lab's solutions
    do not break it; with a solution it is the lab's own fault.
    """
    judged = report if run.answer.startswith(_SOLUTIONS) else blame_answer(report)
    checks = tuple(redact_hidden(check) for check in judged.checks)
    shown = judged.for_learner()
    visible = [check for check in lab.checks if not check.hidden]
    known = [
        {"fails": flaw.fails, "title": flaw.title, "text": flaw.misconception}
        for flaw in lab.flawed()
    ]
    return GradingView(
        id=_NOBODY,
        submission_id=_NOBODY,
        status=GradingStatus.FINISHED,
        attempt=1,
        verdict=judged.verdict,
        message=shown.message,
        limit_hit=shown.limit_hit,
        usage=asdict(shown.usage),
        build=None if judged.build is None else asdict(judged.build),
        isolation=judged.isolation,
        stack_version=judged.stack_version,
        engine_version=judged.engine_version,
        seed=judged.seed,
        queued_at=utc_now(),
        started_at=utc_now(),
        graded_at=utc_now(),
        checks=checks,
        misconceptions=explain_failure(known, judged.verdict, checks),
        stages=find_stages(lab.tasks, visible, checks, is_over=True, ran_hidden=True)
        if lab.is_staged
        else (),
        hints=tuple(show_hints(lab, path).values()),
    )


def show_hints(lab: Lab, path: PathFacts) -> dict[str, CheckHints]:
    """Return what is offered on each check if it fails, with all steps open."""
    offered: dict[str, CheckHints] = {}
    for check, hints in lab.hints.items():
        steps = [HintStep.model_validate(asdict(hint)) for hint in hints]
        opened = tuple(
            show_step(number, step, path.slug) for number, step in enumerate(steps, start=1)
        )
        offered[check] = CheckHints(check, len(steps), opened)
    return offered


def show_first_stages(lab: Lab) -> tuple[object, ...]:
    """Return the stages as a learner meets them who has run nothing; none of a lab without."""
    visible = [check for check in lab.checks if not check.hidden]
    return begin_stages(lab.tasks, visible) if lab.is_staged else ()


def compare(lab: Lab, answer: str, report: GradeReport) -> Comparison:
    """Compare what failed with what the lab declares of this answer."""
    failed = {check.name for check in report.checks if check.outcome is not Outcome.PASSED}
    declared = _list_declared(lab, answer)
    in_order = [check.name for check in lab.checks]
    return Comparison(
        declared=tuple(name for name in in_order if name in declared),
        missed=tuple(name for name in in_order if name in declared - failed),
        surplus=tuple(name for name in in_order if name in failed - declared),
    )


def place_problems(problems: Sequence[str], files: Mapping[str, str]) -> list[str]:
    """Add the line to each problem that names a field of a TOML file, where it is found.

    `files` are texts by their names in the lab's folder.
    """
    return [_place(problem, files) for problem in problems]


def _list_declared(lab: Lab, answer: str) -> frozenset[str]:
    if answer.startswith(_STARTER):
        return lab.starter_fails
    name = answer.removeprefix(_FLAWS)
    flaws = {flaw.name: flaw.fails for flaw in lab.flawed()} if answer != name else {}
    return flaws.get(name, frozenset())


def _place(problem: str, files: Mapping[str, str]) -> str:
    found = _FIELD.match(problem)
    if found is None or found["file"] not in files:
        return problem
    table = ""
    for number, line in enumerate(files[found["file"]].splitlines(), start=1):
        if heading := re.match(r"\s*\[+([\w.-]+)\]+", line):
            table = heading[1]
        elif table == (found["table"] or "") and re.match(rf"\s*{found['field']}\s*=", line):
            return problem.replace(found["file"], f"{found['file']}, line {number}", 1)
    return problem
