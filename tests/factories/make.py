"""`make`: one object with a method for everything that a test may need to exist.

Each method commits, because other connections, processes and doors must see what it made.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

from factories import content
from factories.content import VISIBLE, CheckDraft, FlawDraft, SkillDraft
from factories.people import Learner, make_learner
from milepost.accounts.types import Track
from milepost.catalog import queries as catalog
from milepost.catalog.service import sync_content
from milepost.catalog.types import LabDetail, SyncReport
from milepost.core.database import Database
from milepost.progress.service import keep_placed, keep_walked
from milepost.submissions import service
from milepost.submissions.service import drafts
from milepost.submissions.types import DraftView, SubmissionKind, SubmissionView

PYTHON = Track(language="python", framework="fastapi")


class Make:
    """Makes what a test needs, with defaults for everything that the test is not about."""

    def __init__(self, database: Database, content_dir: Path) -> None:
        self._database = database
        self.content_dir = content_dir

    async def learner(self, name: str = "Ada", *, track: Track | None = PYTHON) -> Learner:
        """Make a learner with a signed-in browser and a terminal."""
        async with self._database.transaction() as session:
            return await make_learner(session, name=name, track=track)

    async def path(
        self,
        slug: str = "tiny",
        *,
        skills: Sequence[SkillDraft] = content.TINY_SKILLS,
        start_here: str | None = None,
    ) -> Path:
        """Write a path and publish everything that was written so far; return its folder."""
        folder = content.write_path(self.content_dir, slug, skills, start_here)
        await self.published()
        return folder

    async def lab(
        self,
        slug: str = "adding",
        *,
        path: Path | None = None,
        skill: str = "basics",
        stacks: Sequence[str] = ("python",),
        checks: Sequence[CheckDraft] = (VISIBLE,),
        limits: Mapping[str, float] | None = None,
        title: str = "Adding up",
        flaws: Sequence[FlawDraft] = (),
        services: Sequence[str] = (),
        tasks: Sequence[str] = ("all",),
        hints: str = "",
        shows_answers: bool = True,
    ) -> LabDetail:
        """Write a lab, on the tiny path unless told otherwise, and publish it.

        The same slug again with other content publishes a new version.
        """
        folder = path or self.content_dir / "tiny"
        if not folder.exists():
            await self.path()
        content.write_lab(
            folder,
            slug,
            skill=skill,
            stacks=stacks,
            checks=checks,
            limits=limits or {},
            title=title,
            flaws=flaws,
            services=services,
            tasks=tasks,
            hints=hints,
            shows_answers=shows_answers,
        )
        await self.published()
        async with self._database.transaction() as session:
            return await catalog.get_published_lab(session, slug)

    async def drill(
        self,
        objective: str = "adding",
        *,
        skill: str = "basics",
        stacks: Sequence[str] = ("python",),
        has_lesson: bool = True,
    ) -> LabDetail:
        """Write the drill of an objective of the tiny path, and its lesson, and publish both."""
        folder = self.content_dir / "tiny"
        if not folder.exists():
            await self.path()
        if has_lesson:
            content.write_lesson(folder, objective, skill=skill)
        checks = [
            replace(check, objective=f"{skill}.{objective}") for check in (VISIBLE, content.TWICE)
        ]
        return await self.lab(
            f"drill-{objective}",
            skill=skill,
            stacks=stacks,
            checks=checks,
            title=f"Drill of {objective}",
            flaws=[replace(slip, lacks=f"{skill}.{objective}") for slip in content.SLIPS],
        )

    async def published(self, *, unverified: bool = True) -> SyncReport:
        """Publish what the content folder holds now, and say what was skipped."""
        async with self._database.transaction() as session:
            await keep_walked(session)
            await keep_placed(session)
            return await sync_content(
                session, content_dir=self.content_dir, publish_unverified=unverified
            )

    async def submission(
        self,
        *,
        lab: LabDetail,
        learner: Learner,
        files: Mapping[str, str] | None = None,
        kind: SubmissionKind = SubmissionKind.SUBMISSION,
        stack: str = "python",
    ) -> SubmissionView:
        """Hand in a solution, right unless told otherwise. Grade it with `queue.work(grader)`."""
        async with self._database.transaction() as session:
            return await service.submit_solution(
                session,
                learner.actor,
                lab_slug=lab.slug,
                stack=stack,
                files={path: text.encode() for path, text in (files or content.RIGHT).items()},
                kind=kind,
                idempotency_key=str(uuid4()),
            )

    async def draft(
        self,
        *,
        lab: LabDetail,
        learner: Learner,
        files: Mapping[str, str] | None = None,
        stack: str = "python",
    ) -> DraftView:
        """Save a draft in the place of whatever there was, as another browser would."""
        async with self._database.transaction() as session:
            draft, _ = await drafts.save_draft(
                session,
                learner.actor,
                lab_slug=lab.slug,
                stack=stack,
                files={path: text.encode() for path, text in (files or content.RIGHT).items()},
                version=None,
                knows=lambda _revision: True,
            )
            return draft
