"""Outlines as they are made from rows that are loaded whole: nothing here asks the database.

What a drill practises is kept apart from what a lab proves, here as everywhere.
"""

from collections.abc import Sequence

from milepost.catalog.files import FrameworkChoice, LanguageChoice
from milepost.catalog.models import Lab, LabVersion, Path, Skill
from milepost.catalog.outlines import LabOutline, ObjectiveOutline, PathOutline, SkillOutline
from milepost.labs import DRILL, LAB


def to_path_outline(path: Path, labs: Sequence[Lab]) -> PathOutline:
    """Return a path's outline; `labs` are those of all paths, each with its current version."""
    return PathOutline(
        slug=path.slug,
        title=path.title,
        summary=path.summary,
        start_here=path.start_here,
        languages=tuple(LanguageChoice.model_validate(row) for row in path.languages),
        frameworks=tuple(FrameworkChoice.model_validate(row) for row in path.frameworks),
        skills=tuple(
            _to_skill_outline(skill, [lab for lab in labs if lab.skill.path_id == path.id])
            for skill in path.skills
        ),
    )


def _to_skill_outline(skill: Skill, labs: Sequence[Lab]) -> SkillOutline:
    """Return a skill's outline; `labs` are the path's, since one may prove other skills too."""
    own = [(lab, lab.version) for lab in labs if lab.skill_id == skill.id]
    drills = [lab for lab in labs if _is_drill(lab)]
    return SkillOutline(
        id=skill.id,
        slug=skill.slug,
        position=skill.position,
        title=skill.title,
        summary=skill.summary,
        technologies=tuple(skill.technologies),
        course_title=skill.course_title,
        course_provider=skill.course_provider,
        course_url=skill.course_url,
        objectives=tuple(
            ObjectiveOutline(
                id=objective.id,
                key=objective.key,
                slug=objective.slug,
                title=objective.title,
                sentence=objective.sentence,
                has_lesson=objective.lesson_title is not None,
                lab_slugs=tuple(
                    sorted(
                        lab.slug
                        for lab in labs
                        if objective in lab.objectives and not _is_drill(lab)
                    )
                ),
                drill_slug=next((lab.slug for lab in drills if objective in lab.objectives), None),
            )
            for objective in skill.objectives
        ),
        labs=tuple(
            _to_lab_outline(lab, version) for lab, version in own if version and not _is_drill(lab)
        ),
        drills=tuple(
            _to_lab_outline(lab, version) for lab, version in own if version and _is_drill(lab)
        ),
    )


def _is_drill(lab: Lab) -> bool:
    return lab.version is not None and lab.version.manifest.get("kind") == DRILL


def _find_lesson(lab: Lab) -> str | None:
    """Return the objective in whose lesson a drill stands, if that is written."""
    shown = (each for each in lab.objectives if _is_drill(lab) and each.skill_id == lab.skill_id)
    return next((each.slug for each in shown if each.lesson_title is not None), None)


def _to_lab_outline(lab: Lab, version: LabVersion) -> LabOutline:
    return LabOutline(
        id=lab.id,
        slug=lab.slug,
        title=version.title,
        summary=version.summary,
        path=lab.skill.path.slug,
        skill=lab.skill.slug,
        difficulty=version.manifest["difficulty"],
        minutes=version.manifest["minutes"],
        stacks=tuple(version.manifest["stacks"]),
        is_closed=version.closed_at is not None,
        kind=version.manifest.get("kind", LAB),
        lesson=_find_lesson(lab),
        is_challenge=lab.slug == lab.skill.challenge,
    )
