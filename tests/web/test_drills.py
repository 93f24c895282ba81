"""A drill in its lesson, on its own page, and what its passing looks like on every page."""

import json
import re

import pytest

from factories.content import RIGHT, WRONG
from fakes.grader import FakeGrader, failed
from milepost.engine import Verdict

LESSON = "/paths/tiny/skills/basics/lessons/adding"


def main_of(page):
    """Cut out what a page is about: around it stands what all pages have, such as the palette."""
    return page.partition("<main")[2].partition("</main>")[0]


@pytest.fixture
async def learner(make):
    await make.path("tiny")
    return await make.learner()


@pytest.fixture
async def visitor(client, learner):
    return client.log_in(learner)


@pytest.fixture
async def pass_drill(make, queue, learner):
    """Pass the drill, as its learner."""

    async def run():
        drill = await make.drill()
        submission = await make.submission(lab=drill, learner=learner)
        await queue.work(FakeGrader())
        return submission

    return run


def data_of(page):
    return json.loads(re.search(r'id="drill-data">(.*?)</script>', page, re.DOTALL)[1])


async def test_a_lesson_holds_its_drill_with_editor_and_checks(visitor, make):
    await make.drill()

    page = (await visitor.get(LESSON)).text

    assert "Drill, about 5 minutes" in page
    assert "Write <code>add</code>, which adds two numbers." in page
    assert "Two numbers are added" in page
    assert "Each run counts: once all hold, Adding is practised." in page
    assert '<a href="#drill">Drill of adding</a>' in page


async def test_a_lesson_without_a_drill_needs_no_editor(visitor, make):
    await make.drill("naming")
    await make.drill("adding")
    lesson = make.content_dir / "tiny" / "1-basics" / "drills" / "adding"
    for file in sorted(lesson.rglob("*"), reverse=True):
        file.rmdir() if file.is_dir() else file.unlink()
    lesson.rmdir()
    await make.published()

    page = (await visitor.get(LESSON)).text

    assert "drill" not in main_of(page)
    assert "drill.js" not in page


async def test_the_tracks_language_comes_first_and_all_stacks_are_at_hand(visitor, make, learner):
    drill = await make.drill(stacks=["node", "python"])
    await make.draft(lab=drill, learner=learner, files=WRONG)

    page = (await visitor.get(LESSON)).text

    data = data_of(page)
    assert re.findall(r'data-stack="(\w+)"', page) == ["python", "node"]
    assert data["stack"] == "python"
    assert data["stacks"]["python"]["draft"]["files"] == WRONG
    assert list(data["stacks"]["node"]["starter"]) == ["adding.mjs"]


async def test_the_stack_that_is_asked_for_is_shown(visitor, make):
    await make.drill(stacks=["node", "python"])

    data = data_of((await visitor.get(f"{LESSON}?stack=node")).text)

    assert data["stack"] == "node"


async def test_without_scripts_a_lesson_leads_to_a_page_that_says_how_to_go_on(visitor, make):
    await make.drill()

    lesson = (await visitor.get(LESSON)).text
    page = (await visitor.get("/labs/drill-adding?stack=python")).text

    assert '<a href="/labs/drill-adding?stack=python">The drill' in lesson
    plain = page.partition("<noscript>\n    <p")[2].partition("</noscript>")[0]
    assert "<code>milepost start drill-adding --stack python</code>" in plain
    assert "def add(a, b):" in plain
    assert f'<a href="{LESSON}#drill">' in page


async def test_the_drills_own_page_opens_an_earlier_runs_files(visitor, make, learner):
    drill = await make.drill()
    submission = await make.submission(lab=drill, learner=learner, files=WRONG)

    page = (await visitor.get(f"/labs/drill-adding?submission={submission.id}")).text

    data = data_of(page)
    assert data["stacks"]["python"]["opened"] == WRONG
    assert data["unfinished"] == {"python": str(submission.id)}


async def test_drills_stand_in_no_list_of_labs_and_on_the_skills_page(visitor, make):
    await make.lab()
    await make.drill()

    labs = (await visitor.get("/labs")).text
    road = (await visitor.get("/paths/tiny")).text
    skill = (await visitor.get("/paths/tiny/skills/basics")).text

    assert "drill" not in main_of(labs).lower()
    assert "Drill of adding" not in road
    assert f'<a href="{LESSON}#drill">Practise: Drill of adding</a>' in skill
    assert skill.count("Drill of adding") == 1


async def test_what_is_practised_is_a_lighter_stroke_everywhere(visitor, pass_drill):
    await pass_drill()

    road = (await visitor.get("/paths/tiny")).text
    skill = (await visitor.get("/paths/tiny/skills/basics")).text
    lesson = (await visitor.get(LESSON)).text

    assert '<circle class="ring-practised"' in road
    assert "<strong>1</strong> more practised" in road
    assert "Nothing can be proven here yet, 1 practised" in road
    assert '<span class="visually-hidden">practised, not proven yet</span>' in road
    assert "2 objectives, 0 proven, 1 practised" in skill
    assert '<li class="is-practised">' in skill
    assert "Practise again: Drill of adding" in skill
    assert 'class="objective-mark is-practised"' in lesson


async def test_the_stream_says_what_a_passed_drill_did_and_where_to_go(visitor, make, pass_drill):
    await make.lab()
    submission = await pass_drill()

    stream = (await visitor.get(f"/submissions/{submission.id}/events")).text
    page = (await visitor.get(f"/submissions/{submission.id}")).text

    assert "What this drill is about is practised now" in stream
    assert 'A lab proves it: <a href="/labs/adding">Adding up</a>' in stream
    assert 'class="objective-mark is-practised"' in stream
    assert "What this drill is about is practised now" in page
    assert "hidden ones too" not in stream + page


async def test_a_passed_drill_leads_to_a_lab_that_is_open(
    visitor, make, queue, learner, pass_drill
):
    closed = await make.lab("a-closed-one", title="Closed for now")
    await make.submission(lab=closed, learner=learner)
    await queue.work(FakeGrader(verdict=Verdict.LAB_BROKEN, message="a check ended by itself"))
    await make.lab()
    submission = await pass_drill()

    stream = (await visitor.get(f"/submissions/{submission.id}/events")).text

    assert 'A lab proves it: <a href="/labs/adding">Adding up</a>' in stream


async def test_where_no_lab_proves_it_the_next_drill_is_what_follows(visitor, make, pass_drill):
    await make.drill("naming")
    submission = await pass_drill()

    stream = (await visitor.get(f"/submissions/{submission.id}/events")).text

    assert '/lessons/naming">Go on with Naming</a>' in stream


async def test_the_road_leads_back_to_a_drill_that_is_not_passed(visitor, make, queue, learner):
    drill = await make.drill()
    await make.draft(lab=drill, learner=learner)
    written = (await visitor.get("/paths/tiny")).text
    run = await make.submission(lab=drill, learner=learner)
    await queue.work(FakeGrader(failed()))

    failing = (await visitor.get("/paths/tiny")).text

    assert f'href="{LESSON}?stack=python#drill">Go on with Drill of adding</a>' in written
    there = f"/labs/drill-adding?submission={run.id}&amp;check=test_two_numbers_are_added"
    assert f'href="{there}">Go on with Drill of adding</a>' in failing
    assert (await visitor.get(there.replace("&amp;", "&"))).status_code == 200


async def test_a_drill_without_a_lesson_has_its_own_page(visitor, make):
    await make.drill(has_lesson=False)

    skill = (await visitor.get("/paths/tiny/skills/basics")).text
    page = (await visitor.get("/labs/drill-adding")).text

    assert '<a href="/labs/drill-adding#drill">Practise: Drill of adding</a>' in skill
    assert "<h1" in page
    assert "The same in its lesson" not in page


async def test_a_passed_drill_begins_with_the_code_that_passed(visitor, pass_drill):
    await pass_drill()

    data = data_of((await visitor.get(LESSON)).text)

    assert data["stacks"]["python"]["passed"] == RIGHT
