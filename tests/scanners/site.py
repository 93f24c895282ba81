"""A site that scanners look at: the shipped content, and a learner who has handed in.

Facts come from the content's files, so that another lab or lesson is looked at as soon as it is
there. Invariant: every template of a page has at least one address here, or a reason.
"""

from dataclasses import dataclass
from uuid import UUID

import httpx

from browser import shipped
from factories import Learner, Make
from fakes.grader import FakeGrader, failed, passed
from harness.queue import Queue
from milepost.accounts.service import signing_in, terminals
from milepost.catalog import queries as catalog
from milepost.core.database import Database
from milepost.progress import queries as progress
from milepost.progress.types import PathView
from milepost.web.rendering.static_files import static_url

PATH = "backend-developer"
HTML = "text/html"
EVENTS = "/submissions/{submission_id}/events"
NO_PAGE = {
    "/": "leads elsewhere",
    "/metrics": "is for Prometheus",
    "/health": "is JSON",
    "/health/live": "is JSON",
    "/health/ready": "is JSON",
    "/static/{digest}/{path}": "is a file",
    "/api/openapi.json": "is JSON",
    EVENTS: "is a stream",
    "/labs/{lab}/tables/{run}": "is a part of a page",
}


@dataclass(frozen=True)
class Site:
    """The server that runs, who reads it, and the addresses of its pages by template."""

    url: str
    learner: Learner
    grading: UUID
    pages: dict[str, list[str]]

    def visit(self) -> httpx.AsyncClient:
        """Return the learner's browser, which is to be closed."""
        return httpx.AsyncClient(
            base_url=self.url, cookies={"milepost": self.learner.session}, timeout=30
        )


async def build_site(url: str, make: Make, database: Database, queue: Queue) -> Site:
    """Publish the shipped content, hand in and have it graded."""
    await shipped.publish(database)
    learner = await make.learner()
    async with database.transaction() as session:
        lab = await catalog.get_published_lab(session, shipped.LAB)
        path = await progress.get_path_view(session, learner.actor, PATH)
        drill = await catalog.get_published_lab(session, "drill-loops")
        link = await signing_in.create_sign_in_link(session, learner.actor)
        device = await terminals.request_device_authorization(session, client_name="a terminal")
    done = await make.submission(lab=lab, learner=learner, files={"a.py": ""})
    await queue.work(FakeGrader(passed(lab.checks[0].name), failed(lab.checks[1].name)))
    await make.submission(lab=drill, learner=learner, files={"a.py": ""})
    await queue.work(FakeGrader(*(passed(check.name) for check in drill.checks)))
    waiting = await make.submission(lab=lab, learner=learner, files={"a.py": "a = 1\n"})
    pages = {
        "/signed-out": ["/signed-out"],
        "/sign-in/{token}": [f"/sign-in/{link}", "/sign-in/none"],
        "/track": ["/track"],
        "/account": ["/account"],
        "/progress": ["/progress"],
        "/device": ["/device", f"/device?code={device.user_code}", "/device?code=NONE"],
        "/api/docs": ["/api/docs"],
        "/labs": ["/labs"],
        "/labs/{lab}/answers": ["/labs/drill-loops/answers"],
        "/search": ["/search", "/search?q=loops", "/search?q=walrus", f"/search?q={'x' * 201}"],
        "/submissions": ["/submissions"],
        "/submissions/{submission_id}": [f"/submissions/{each.id}" for each in (done, waiting)],
        "/submissions/{submission_id}/differences/{other_id}": [
            f"/submissions/{done.id}/differences/{waiting.id}"
        ],
        "/submissions/{submission_id}/checks/{check}": [
            f"/submissions/{done.id}/checks/{check.name}" for check in lab.checks[:2]
        ],
        "/source/{path}": ["/source/", "/source/src/milepost/main.py", "/source/README.md"],
        **_pages_of(path),
    }
    return Site(url, learner, done.grading_id, pages)


def _pages_of(path: PathView) -> dict[str, list[str]]:
    home = f"/paths/{path.slug}"
    skills = {skill.slug: skill for skill in path.skills}
    return {
        "/paths/{path}": [home],
        "/paths/{path}/in-milepost": [f"{home}/in-milepost"],
        "/paths/{path}/skills/{skill}": [f"{home}/skills/{slug}" for slug in skills],
        "/paths/{path}/skills/{skill}/lessons/{objective}": [
            f"{home}/skills/{skill.slug}/lessons/{each.slug}"
            for skill in path.skills
            for each in skill.objectives
            if each.has_lesson
        ],
        "/labs/{lab}": [f"/labs/{lab.slug}" for skill in path.skills for lab in skill.labs]
        + ["/labs/none"],
    }


def static_addresses() -> list[str]:
    """Return files of each kind that is served."""
    return [static_url(name) for name in ("milepost.css", "milepost.svg", "page.js")]
