"""What stands for each objective of the paths, told from their files: lesson, drill, labs, stacks.

A lab that claims an objective counts only where one of its flaws lacks exactly that objective and
is caught by a check bound to it; that the flaw is really caught is what verification shows.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from milepost.catalog.reading import list_path_folders, read_path
from milepost.labs import Lab


@dataclass(frozen=True, slots=True)
class Coverage:
    """One objective, and what a learner finds for it."""

    path: str
    skill: str
    objective: str  # its slug, without the skill's
    title: str
    lesson: bool
    drill: str | None  # the slug of a drill
    labs: tuple[str, ...]  # slugs of the labs that prove it
    stacks: tuple[str, ...]  # in which at least one of these can be done


def measure_coverage(content: Path, labs: Sequence[Lab]) -> Iterator[Coverage]:
    """Yield a row for each objective of all paths, in their order; raises ContentInvalid."""
    for folder in list_path_folders(content):
        here = [lab for lab in labs if lab.folder.resolve().is_relative_to(folder.resolve())]
        path = read_path(folder)
        for skill in path.skills:
            for facts in skill.facts.objectives:
                name = f"{skill.facts.slug}.{facts.slug}"
                practising = (lab.slug for lab in here if lab.is_drill and name in lab.objectives)
                proving = [lab for lab in here if not lab.is_drill and proves(lab, name)]
                yield Coverage(
                    path=path.facts.slug,
                    skill=skill.facts.slug,
                    objective=facts.slug,
                    title=facts.title,
                    lesson=facts.slug in skill.lessons,
                    drill=next(practising, None),
                    labs=tuple(lab.slug for lab in proving),
                    stacks=tuple(dict.fromkeys(stack for lab in proving for stack in lab.stacks)),
                )


def proves(lab: Lab, objective: str) -> bool:
    """Tell whether a flaw that lacks exactly this objective must fail a check bound to it."""
    bound = {check.name for check in lab.checks if objective in check.objectives}
    return objective in lab.objectives and any(
        flaw.lacks == (objective,) and flaw.fails & bound for flaw in lab.flaws
    )
