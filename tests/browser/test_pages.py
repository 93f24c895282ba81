"""What holds for every page there is; the list comes from the application's routes.

What a page is for is tested in the journeys.
"""

from contextlib import AsyncExitStack
from uuid import uuid4

import pytest
from fastapi import FastAPI
from sqlalchemy import text

from browser import shipped
from browser.accessible import require_accessible
from browser.examples import (
    EXAMPLES,
    LEARNER,
    NEWCOMER,
    NO_PAGES,
    NO_ROUTE,
    NOBODY,
    Example,
    World,
)
from factories.make import PYTHON
from factories.people import make_learner
from harness.queue import Queue, present_worker
from harness.visitor import Visitor
from milepost import web
from milepost.accounts.service.signing_in import create_sign_in_link
from milepost.accounts.service.terminals import request_device_authorization
from milepost.core.clock import utc_now
from milepost.engine import Engine, Verdict
from milepost.engine.evidence.registry import list_kinds
from milepost.submissions import queries
from milepost.submissions.service import (
    record_doubt,
    record_fault,
    start_attempt,
    submit_solution,
)
from milepost.web.rendering.environment import TEMPLATES, get_environment

READERS = (NOBODY, NEWCOMER, LEARNER)
each_page = pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
NARROWEST = {"width": 320, "height": 640}  # WCAG 2.2, 1.4.10: no scrolling in two directions
DESK = {"width": 1280, "height": 900}
# How light text and background are, from 0 to 255 and in steps that a page's colours keep apart.
INK_AND_PAPER = """() => {
  const lightness = (colour) => Math.max(...colour.match(/\\d+/g).slice(0, 3).map(Number));
  const style = getComputedStyle(document.documentElement);
  return [lightness(getComputedStyle(document.body).color), lightness(style.backgroundColor)];
}"""


@pytest.fixture(scope="module")
async def world(open_database, settings):
    """People and work that all these pages show; nothing here changes them."""
    async with open_database.transaction() as session:
        await session.execute(text("TRUNCATE users, paths, labs, procrastinate_jobs CASCADE"))
    await shipped.publish(open_database)
    async with open_database.transaction() as session:
        learner = await make_learner(session, name="Ada", track=PYTHON)
        newcomer = await make_learner(session, name="Grace", track=None)
        link = await create_sign_in_link(session, newcomer.actor)
        passed = await _hand_in(session, learner, shipped.several_files())
        failed = await _hand_in(session, learner, shipped.as_text(shipped.wrong().files))
    scratch = settings.data_dir / "run"
    async with Engine(runtime_dir=scratch / "pages") as engine:
        await Queue(open_database, scratch / "labs").work(engine)
    async with open_database.transaction() as session:
        for submission, verdict in ((passed, Verdict.PASSED), (failed, Verdict.FAILED)):
            seen = await queries.get_submission(session, learner.actor, submission)
            grading = await queries.get_grading(session, learner.actor, seen.grading_id)
            assert grading.verdict == verdict, grading.message
        device = await request_device_authorization(session, client_name="milepost on laptop")
        waiting = await _hand_in(session, learner, shipped.several_files())
        interrupted = await _hand_in(session, learner, shipped.several_files())
        grading_id = (await queries.get_submission(session, learner.actor, interrupted)).grading_id
        begun = await start_attempt(session, grading_id=grading_id)
        assert begun is not None
        await record_fault(
            session, grading_id=grading_id, attempt=begun.attempt, fault="-", retry_at=utc_now()
        )
        doubted = await _hand_in(session, learner, shipped.several_files())
        grading_id = (await queries.get_submission(session, learner.actor, doubted)).grading_id
        await start_attempt(session, grading_id=grading_id)
        await record_doubt(session, grading_id=grading_id, attempt=1)
    return World(
        learner, newcomer, link, passed, failed, waiting, device.user_code, interrupted, doubted
    )


async def _hand_in(session, learner, files):
    submission = await submit_solution(
        session,
        learner.actor,
        lab_slug=shipped.LAB,
        stack="python",
        files={path: content.encode() for path, content in files.items()},
        idempotency_key=str(uuid4()),
    )
    return submission.id


def test_every_route_of_the_site_has_an_example():
    site = FastAPI()
    site.include_router(web.router)
    routes = {address for address, methods in site.openapi()["paths"].items() if "get" in methods}

    assert set(NO_PAGES) <= routes
    assert {example.route for example in EXAMPLES} - {NO_ROUTE} == routes - set(NO_PAGES)


@each_page
async def test_page_is_accessible_in_light_and_in_dark(visit, world, example):
    page = await visit(world.who(example.reader), reduced_motion="reduce", viewport=DESK)
    await _open(page, example, world)
    await require_accessible(page)


@each_page
async def test_page_fits_a_phone_and_asks_only_its_own_server(visit, world, example):
    page = await visit(world.who(example.reader), viewport=NARROWEST)
    await _open(page, example, world)

    await page.evaluate("scrollTo(10_000, 0)")

    assert await page.evaluate("scrollX") == 0
    assert await page.evaluate("document.scrollingElement.scrollWidth") <= NARROWEST["width"]
    assert visit.requests
    assert visit.faults == []


async def test_every_page_is_printed_dark_on_light(visit, world):
    dark = {reader: await visit(world.who(reader), color_scheme="dark") for reader in READERS}
    for example in EXAMPLES:
        page = dark[example.reader]
        await page.emulate_media(media="screen")
        await _open(page, example, world)
        on_screen = await page.evaluate(INK_AND_PAPER)
        await page.emulate_media(media="print")

        ink, paper = await page.evaluate(INK_AND_PAPER)

        assert on_screen[0] > on_screen[1], example.name
        assert ink < paper, example.name
    assert visit.faults == []


async def test_every_template_is_rendered_by_these_pages(
    world, running_app, open_database, monkeypatch
):
    environment, rendered = get_environment(), set()
    get_template = environment.get_template

    def remember(name, *arguments):
        rendered.add(name)
        return get_template(name, *arguments)

    environment.cache.clear()  # what an earlier test has loaded keeps what it has imported
    monkeypatch.setattr(environment, "get_template", remember)
    # Where no worker is, what was interrupted waits for one, and the page says that instead.
    async with present_worker(open_database) as worker, AsyncExitStack() as visitors:
        nobody = await visitors.enter_async_context(Visitor(running_app, visitors=visitors))
        stream = Example("", "", f"/submissions/{world.failed}/events", LEARNER)
        for example in (*EXAMPLES, stream):
            await _beat(open_database, worker)  # all of them may take longer than its lease
            learner = world.who(example.reader)
            reader = nobody.log_in(learner) if learner else nobody
            response = await reader.get(example.at(world))
            assert response.status_code == example.status

    assert _templates() - rendered == set()


async def _beat(database, worker):
    async with database.transaction() as session:
        beat = text("SELECT procrastinate_update_heartbeat_v1(:worker)")
        await session.execute(beat, {"worker": worker})


def _templates():
    """List all but those of evidence, of a console's tables, and of an author's own machine.

    They have tests of their own: `tests/web/test_evidence_kinds.py`, `test_schemas.py` and
    `test_preview.py`.
    """
    kinds = {f"evidence/{name}.html" for name in ("unknown", *(kind.name for kind in list_kinds()))}
    kinds.add("labs/_tables.html")
    found = {path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html")}
    return {name for name in found - kinds if not name.startswith("preview/")}


async def _open(page, example, world):
    response = await page.goto(example.at(world))
    assert response.status == example.status
    assert response.headers["content-type"].startswith("text/html")
