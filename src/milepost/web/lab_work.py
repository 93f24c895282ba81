"""What a learner has written for a lab so far, as its page begins with it.

The page's script chooses between this and what the browser keeps (`static/drafts.js`). Invariant:
opening a page changes nothing; whatever it shows stays where it came from.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from milepost.accounts.types import Actor
from milepost.catalog.types import LabDetail
from milepost.submissions import queries
from milepost.submissions.errors import StackNotOffered, SubmissionNotFound
from milepost.submissions.types import DraftView, SubmissionView


@dataclass(frozen=True, slots=True)
class OpenedSubmission:
    """A submission that is to be gone on with in the editor."""

    submission: SubmissionView
    files: Mapping[str, str]
    check: str | None = None  # the one to be looked at

    @property
    def shown(self) -> dict[str, str] | None:
        """The run whose checks the page's script shows, at the check that was named, if one was."""
        if self.check is None:
            return None
        run = self.submission
        return {"id": str(run.id), "kind": run.kind.value, "check": self.check}


@dataclass(frozen=True, slots=True)
class LabWork:
    """The starter of a stack, and what its learner has made of it."""

    starter: Mapping[str, str]
    draft: DraftView | None
    passed: Mapping[str, str] | None  # where nothing is being written, the page begins with these
    opened: OpenedSubmission | None

    def to_data(self) -> dict[str, Any]:
        """Return what the page's script reads."""
        return {
            "starter": self.starter,
            "draft": self.draft
            and {
                "files": self.draft.files,
                "revision": str(self.draft.revision),
                "version": self.draft.version,
            },
            "passed": self.passed,
            "opened": self.opened and self.opened.files,
            "shown": self.opened and self.opened.shown,
        }


async def find_opened(
    session: AsyncSession,
    actor: Actor,
    lab: LabDetail,
    submission_id: UUID | None,
    check: str | None,
) -> OpenedSubmission | None:
    """Return the learner's submission to this lab that was asked for, if one was.

    `check` names one of its checks to be looked at; the page shows none of a name it has not.
    """
    if submission_id is None:
        return None
    submission = await queries.get_submission(session, actor, submission_id)
    if submission.lab != lab.slug:
        raise SubmissionNotFound(submission_id)
    if submission.stack not in lab.stacks:
        raise StackNotOffered(lab.slug, submission.stack, lab.stacks)
    files = await queries.get_submission_files(session, actor, submission_id)
    return OpenedSubmission(submission, files, check)


async def load_work(
    session: AsyncSession,
    actor: Actor,
    lab: LabDetail,
    stack: str,
    opened: OpenedSubmission | None,
) -> LabWork:
    """Return what the learner has written for a lab in one stack."""
    passed = await queries.find_passed_files(session, actor, lab=lab.slug, stack=stack)
    program = lab.programs.get(stack, [])
    return LabWork(
        starter=order_files(lab.starter.get(stack, {}), program),
        draft=await queries.find_draft(session, actor, lab=lab.slug, stack=stack),
        passed=passed and order_files(passed, program),
        opened=opened and replace(opened, files=order_files(opened.files, program)),
    )


def order_files(files: Mapping[str, str], program: list[str]) -> dict[str, str]:
    """Put the file that is started first, then the others by name."""
    return dict(sorted(files.items(), key=lambda item: (item[0] not in program, item[0])))
