"""The content that ships with Milepost, as the browser tests use it: the road and its first lab.

Facts come from the files themselves, so that rewording a lesson or a check breaks no test.
"""

from functools import cache
from pathlib import Path

from milepost.catalog.service import sync_content
from milepost.core.database import Database
from milepost.labs import Flaw, Lab, load_lab

ROOT = Path(__file__).resolve().parents[2]
CONTENT = ROOT / "content"
PATH = "/paths/backend-developer"
SKILL = f"{PATH}/skills/language"
SKILLS = 8
OBJECTIVES = 81
LAB = "traffic-report"


async def publish(database: Database) -> None:
    """Publish the repository's content, whole."""
    async with database.transaction() as session:
        report = await sync_content(session, content_dir=CONTENT)
    assert report.skipped == ()


@cache
def the_lab() -> Lab:
    """The lab that ships."""
    [folder] = CONTENT.glob(f"*/*/labs/{LAB}")
    return load_lab(folder)


def several_files() -> dict[str, str]:
    """A right answer in Python that consists of several files."""
    answers = [answer for answer in the_lab().solutions() if answer.stack == "python"]
    return as_text(max(answers, key=lambda answer: len(answer.files)).files)


def wrong() -> Flaw:
    """A wrong answer in Python that fails a check which learners can see, but not all of them."""
    visible = {check.name for check in the_lab().checks if not check.hidden}
    return next(
        flaw for flaw in the_lab().flawed() if flaw.stack == "python" and flaw.fails & visible
    )


def as_text(files) -> dict[str, str]:
    return {path: content.decode() for path, content in files.items()}
