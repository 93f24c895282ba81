"""What of the content can be found: skills, objectives, lessons by their sections, labs, drills.

Made from what is published in the same transaction. Invariant: nothing of a lab goes in but what
its page shows before a learner has handed anything in: no hidden check, no flaw, no solution.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from milepost.catalog.files import LessonText, ObjectiveFacts, PathContent, SkillContent
from milepost.labs import Lab
from milepost.search.sections import split_sections
from milepost.search.types import Entry, EntryKind

_DRILLS = "drills"  # the folder of a skill that holds its drills


def list_entries(contents: dict[Path, PathContent], labs: Sequence[Lab]) -> list[Entry]:
    """Return the entries of these paths, by their folders, and of their labs."""
    entries: list[Entry] = []
    for folder, path in contents.items():
        for skill in path.skills:
            home = (folder / skill.folder).resolve()
            own = [lab for lab in labs if lab.folder.resolve().parents[1] == home]
            entries += _list_of_skill(path, skill)
            entries += [_to_entry(path, skill, lab) for lab in own]
    return entries


def _list_of_skill(path: PathContent, skill: SkillContent) -> Iterator[Entry]:
    facts = skill.facts
    address = _address_of(path, skill)
    yield Entry(
        kind=EntryKind.SKILL,
        title=facts.title,
        names=facts.slug,
        context=path.facts.title,
        body=f"{facts.summary} {', '.join(facts.technologies)}",
        address=address,
    )
    for objective in facts.objectives:
        lesson = skill.lessons.get(objective.slug)
        yield Entry(
            kind=EntryKind.OBJECTIVE,
            title=objective.title,
            names=f"{facts.slug}.{objective.slug}",
            context=facts.title,
            body=objective.sentence,
            address=f"{address}/lessons/{objective.slug}" if lesson else address,
        )
        if lesson is not None:
            yield from _list_of_lesson(skill, objective, lesson, address)


def _list_of_lesson(
    skill: SkillContent, objective: ObjectiveFacts, lesson: LessonText, address: str
) -> Iterator[Entry]:
    for section in split_sections(lesson.markdown):
        anchor = f"#{section.anchor}" if section.anchor else ""
        yield Entry(
            kind=EntryKind.LESSON,
            title=lesson.title,
            heading=section.heading,
            context=skill.facts.title,
            body=section.text,
            address=f"{address}/lessons/{objective.slug}{anchor}",
        )


def _to_entry(path: PathContent, skill: SkillContent, lab: Lab) -> Entry:
    shown = [task.title for task in lab.tasks] + [task.sentence for task in lab.tasks]
    shown += [check.title for check in lab.checks if not check.hidden]
    brief = [f"{section.heading} {section.text}" for section in split_sections(lab.brief)]
    is_drill = lab.folder.parent.name == _DRILLS
    return Entry(
        kind=EntryKind.DRILL if is_drill else EntryKind.LAB,
        title=lab.title,
        names=lab.slug,
        context=skill.facts.title,
        body=" ".join([lab.summary, *brief, *shown]),
        address=_address_of_drill(path, lab) if is_drill else f"/labs/{lab.slug}",
        tracks=_find_tracks(path, lab),
    )


def _address_of_drill(path: PathContent, lab: Lab) -> str:
    """Return where a drill is done: in the lesson of its one objective, if there is one."""
    skill_slug, _, objective = lab.objectives[0].partition(".")
    for skill in path.skills:
        if skill.facts.slug == skill_slug and objective in skill.lessons:
            return f"{_address_of(path, skill)}/lessons/{objective}#drill"
    return f"/labs/{lab.slug}"


def _address_of(path: PathContent, skill: SkillContent) -> str:
    return f"/paths/{path.facts.slug}/skills/{skill.facts.slug}"


def _find_tracks(path: PathContent, lab: Lab) -> tuple[str, ...]:
    """Return the languages and frameworks that a lab is for; one in no stack of theirs is for all.

    Such as a lab in `sql`, which goes with every track.
    """
    choices = [*path.facts.languages, *path.facts.frameworks]
    offered = {choice.stack for choice in choices}
    if not offered.issuperset(lab.stacks):
        return ()
    return tuple(sorted({choice.slug for choice in choices if choice.stack in lab.stacks}))
