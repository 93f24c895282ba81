"""Publishing: making the catalog's rows say what the content's files say.

Safe to run at any time and by several processes at once (an advisory lock lets one through).
What left the files is unpublished; a changed lab gets a new version and its old ones stay. A lab
that has not proven itself as it stands is not published.
"""

from pathlib import Path
from uuid import UUID

from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from milepost.catalog import models, reading
from milepost.catalog.files import PathContent, SkillContent
from milepost.catalog.service.lab_versions import publish_labs
from milepost.catalog.service.publications import record_publication
from milepost.catalog.service.searchable import list_entries
from milepost.catalog.types import SyncReport
from milepost.core.ids import new_id
from milepost.core.revisions import CONTENT, mark_changed
from milepost.labs import BrokenLab, Lab, find_proof_problem, load_labs
from milepost.search import service as search
from milepost.search.types import Collection

_SYNC_LOCK = 6_417_002


async def sync_content(
    session: AsyncSession,
    *,
    content_dir: Path,
    course_urls_file: Path | None = None,
    publish_unverified: bool = False,
    replace_newer: bool = False,
) -> SyncReport:
    """Publish everything under `content_dir`; labs that can't be loaded are skipped and named.

    So are labs without a record of having passed every gate, unless `publish_unverified` is set.
    Raises `ContentInvalid` if a path's own files can't be read, and `ContentIsNewer` if a newer
    Milepost has published (unless `replace_newer` is set): then nothing changes.
    """
    folders = reading.list_path_folders(content_dir)
    contents = [reading.read_path(folder) for folder in folders]
    urls = reading.read_course_urls(course_urls_file)
    labs, broken = load_labs(content_dir)
    if not publish_unverified:
        labs, unproven = _keep_proven(labs)
        broken += unproven

    await session.execute(text(f"SELECT pg_advisory_xact_lock({_SYNC_LOCK})"))
    await record_publication(session, content_dir=content_dir, replace_newer=replace_newer)
    await session.execute(update(models.Path).values(is_published=False))
    for content in contents:
        await _publish_path(session, content, urls.get(content.facts.slug, {}))
    await session.flush()
    by_folder = dict(zip(folders, contents, strict=True))
    published = await publish_labs(session, labs, await _skill_ids_by_folder(session, by_folder))
    await search.replace_entries(session, Collection.CONTENT, list_entries(by_folder, labs))
    await mark_changed(session, CONTENT)
    return SyncReport(
        paths=tuple(content.facts.slug for content in contents),
        labs=published,
        skipped=tuple((str(lab.path), tuple(lab.problems)) for lab in broken),
    )


def _keep_proven(labs: list[Lab]) -> tuple[list[Lab], list[BrokenLab]]:
    """Part the labs that proved themselves from those that did not, these with the reason."""
    problems = [(lab, find_proof_problem(lab)) for lab in labs]
    return (
        [lab for lab, problem in problems if problem is None],
        [BrokenLab(lab.folder, (problem,)) for lab, problem in problems if problem is not None],
    )


async def _publish_path(
    session: AsyncSession, content: PathContent, course_urls: dict[str, str]
) -> None:
    facts = content.facts
    path = await session.scalar(
        select(models.Path)
        .where(models.Path.slug == facts.slug)
        .options(selectinload(models.Path.skills).selectinload(models.Skill.objectives))
    )
    if path is None:
        path = models.Path(id=new_id(), slug=facts.slug, skills=[])
        session.add(path)
    path.title = facts.title
    path.summary = facts.summary
    path.start_here = facts.start_here
    path.languages = [language.model_dump() for language in facts.languages]
    path.frameworks = [framework.model_dump() for framework in facts.frameworks]
    path.is_published = True

    known = {skill.slug: skill for skill in path.skills}
    for skill in path.skills:
        skill.is_published = False
    for position, skill_content in enumerate(content.skills, start=1):
        slug = skill_content.facts.slug
        row = known.get(slug)
        if row is None:
            row = models.Skill(id=new_id(), slug=slug, objectives=[])
            path.skills.append(row)
        _publish_skill(row, skill_content, position, course_urls.get(slug))
        _publish_objectives(row, skill_content, content)


def _publish_skill(
    row: models.Skill, content: SkillContent, position: int, course_url: str | None
) -> None:
    facts = content.facts
    row.position = position
    row.title = facts.title
    row.summary = facts.summary
    row.technologies = list(facts.technologies)
    row.course_title = facts.course.title
    row.course_provider = facts.course.provider
    row.course_url = course_url
    row.challenge = facts.challenge
    row.is_published = True


def _publish_objectives(row: models.Skill, content: SkillContent, path: PathContent) -> None:
    known = {objective.slug: objective for objective in row.objectives}
    for objective in row.objectives:
        objective.is_published = False
    for position, facts in enumerate(content.facts.objectives, start=1):
        if facts.slug not in known:
            known[facts.slug] = models.Objective(id=new_id(), slug=facts.slug)
            row.objectives.append(known[facts.slug])
        objective = known[facts.slug]
        lesson = content.lessons.get(facts.slug)
        objective.key = f"{row.slug}.{facts.slug}"
        objective.position = position
        objective.title = facts.title
        objective.sentence = facts.sentence
        objective.lesson_title = lesson.title if lesson else None
        objective.lesson_markdown = lesson.markdown if lesson else None
        shown_in = path.shown_in.get(objective.key)
        objective.shown_in = shown_in.model_dump() if shown_in else None
        objective.is_published = True


async def _skill_ids_by_folder(
    session: AsyncSession, contents: dict[Path, PathContent]
) -> dict[Path, UUID]:
    """Return the skill of each skill folder, as absolute paths, for labs to find theirs."""
    rows = await session.execute(
        select(models.Path.slug, models.Skill.slug, models.Skill.id).join(models.Path.skills)
    )
    ids = {(path, skill): skill_id for path, skill, skill_id in rows}
    return {
        (folder / skill.folder).resolve(): ids[content.facts.slug, skill.facts.slug]
        for folder, content in contents.items()
        for skill in content.skills
    }
