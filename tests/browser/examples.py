"""One address, at least, for every page that the application has, and who reads it there.

Which pages there are is the application's to say: a route without an example fails a test.
"""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from browser.shipped import LAB, PATH, SKILL, the_lab
from factories import Learner

NOBODY, NEWCOMER, LEARNER = "nobody", "newcomer", "learner"


@dataclass(frozen=True)
class World:
    """People and their work, on the shipped content."""

    learner: Learner  # has a track and has handed in
    newcomer: Learner  # has neither
    link: str  # a sign-in link that waits
    passed: UUID
    failed: UUID
    waiting: UUID
    user_code: str  # of a terminal that waits to be let in
    interrupted: UUID  # by a fault of ours, to be tried again
    doubted: UUID  # a check broke, and the lab itself is looked at

    def who(self, reader: str) -> Learner | None:
        return {NOBODY: None, NEWCOMER: self.newcomer, LEARNER: self.learner}[reader]


@dataclass(frozen=True)
class Example:
    """A page as somebody sees it."""

    name: str
    route: str
    address: str | Callable[[World], str]
    reader: str = LEARNER
    status: int = 200

    def at(self, world: World) -> str:
        return self.address if isinstance(self.address, str) else self.address(world)


SUBMISSION = "/submissions/{submission_id}"
CHECK = "/submissions/{submission_id}/checks/{check}"
A_CHECK = next(check.name for check in the_lab().checks if not check.hidden)
DIFFERENCES = "/submissions/{submission_id}/differences/{other_id}"
SOURCE = "/source/{path}"
NO_ROUTE = ""
EXAMPLES = (
    Example("sign-in", "/sign-in/{token}", lambda world: f"/sign-in/{world.link}", NOBODY),
    Example("spent-link", "/sign-in/{token}", "/sign-in/spent-long-ago", NOBODY, 404),
    Example("signed-out", "/signed-out", "/signed-out", NOBODY),
    Example("first-track", "/track", "/track", NEWCOMER),
    Example("other-track", "/track", "/track"),
    Example("path", "/paths/{path}", PATH),
    Example("skill", "/paths/{path}/skills/{skill}", SKILL),
    Example("skill-without-labs", "/paths/{path}/skills/{skill}", f"{PATH}/skills/quality"),
    Example("lesson", "/paths/{path}/skills/{skill}/lessons/{objective}", f"{SKILL}/lessons/loops"),
    Example("progress", "/progress", "/progress"),
    Example("no-progress", "/progress", "/progress", NEWCOMER),
    Example("in-milepost", "/paths/{path}/in-milepost", f"{PATH}/in-milepost"),
    Example("labs", "/labs", "/labs"),
    Example("lab", "/labs/{lab}", f"/labs/{LAB}"),
    Example("lab-in-node", "/labs/{lab}", f"/labs/{LAB}?stack=node", NEWCOMER),
    Example("lab-with-a-database", "/labs/{lab}", "/labs/bookshop"),
    Example("lab-opened", "/labs/{lab}", lambda world: f"/labs/{LAB}?submission={world.failed}"),
    Example("drill", "/labs/{lab}", "/labs/drill-loops"),
    Example("answers", "/labs/{lab}/answers", f"/labs/{LAB}/answers"),
    Example("answers-elsewhere", "/labs/{lab}/answers", f"/labs/{LAB}/answers?stack=node"),
    Example("answers-too-early", "/labs/{lab}/answers", f"/labs/{LAB}/answers", NEWCOMER, 404),
    Example("submissions", "/submissions", "/submissions"),
    Example("no-submissions", "/submissions", "/submissions", NEWCOMER),
    Example("submission-passed", SUBMISSION, lambda world: f"/submissions/{world.passed}"),
    Example("submission-failed", SUBMISSION, lambda world: f"/submissions/{world.failed}"),
    Example("submission-waiting", SUBMISSION, lambda world: f"/submissions/{world.waiting}"),
    Example(
        "submission-interrupted", SUBMISSION, lambda world: f"/submissions/{world.interrupted}"
    ),
    Example("submission-doubted", SUBMISSION, lambda world: f"/submissions/{world.doubted}"),
    Example("check-in-full", CHECK, lambda world: f"/submissions/{world.failed}/checks/{A_CHECK}"),
    Example(
        "differences",
        DIFFERENCES,
        lambda world: f"/submissions/{world.failed}/differences/{world.passed}",
    ),
    Example("search", "/search", "/search"),
    Example("search-results", "/search", "/search?q=loops"),
    Example("search-of-some-words", "/search", "/search?q=idempotency+walrus"),
    Example("search-of-a-kind", "/search", "/search?q=the&kind=lesson"),
    Example("search-without-results", "/search", "/search?q=walrus"),
    Example("search-too-long", "/search", f"/search?q={'x' * 201}", status=422),
    Example("source-folder", SOURCE, "/source/"),
    Example("source-file", SOURCE, "/source/src/milepost/web/labs.py"),
    Example("device", "/device", "/device"),
    Example("device-waiting", "/device", lambda world: f"/device?code={world.user_code}"),
    Example("device-unknown", "/device", "/device?code=WDJB-MJHT", status=404),
    Example("account", "/account", "/account"),
    Example("api", "/api/docs", "/api/docs", NOBODY),
    Example("unknown-address", NO_ROUTE, "/no-such-page", status=404),
    Example("signed-out-visitor", NO_ROUTE, "/labs", NOBODY, 401),
)
# What answers a browser's GET with something else than a page.
NO_PAGES = {
    "/": "sends everybody on to where they left off",
    "/submissions/{submission_id}/events": "streams parts of pages",
    "/labs/{lab}/tables/{run}": "draws a part of a page",
}
