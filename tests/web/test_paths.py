"""The path, its skills and lessons, as a learner's browser gets them."""

import json
import re

import pytest

from factories.content import (
    ADDING,
    RIGHT,
    TINY_SKILLS,
    TWICE,
    VISIBLE,
    CheckDraft,
    write_challenge,
)
from fakes.grader import FakeGrader, failed, passed
from milepost.accounts.service.signing_in import create_sign_in_link
from milepost.accounts.types import Track

COURSE = "/paths/tiny/skills/basics/course"
QUERY_BUDGET = 14


@pytest.fixture
async def visitor(client, make):
    await make.path("tiny")
    return client.log_in(await make.learner())


def lesson(make, text):
    file = make.content_dir / "tiny" / "1-basics" / "lessons" / "adding.md"
    file.parent.mkdir(exist_ok=True)
    file.write_text(text)


async def test_the_road_is_an_ordered_list_of_links(visitor):
    page = (await visitor.get("/paths/tiny")).text

    assert [page.index(f'href="/paths/tiny/skills/{skill.slug}"') for skill in TINY_SKILLS]
    assert page.count('<li class="stone') == 2
    assert "Milestone 1: " in page
    assert page.count('class="flag-cloth"') == 1


async def test_the_flags_milestone_is_open_and_the_others_are_a_line_each(visitor):
    page = (await visitor.get("/paths/tiny")).text

    folds = re.findall(r'<li class="skill-row" id="([^"]+)">\s*<details( open)?>', page)
    assert folds == [("basics", " open"), ("beyond", "")]


async def test_road_page_and_lab_say_of_a_milestone_what_the_api_says(client, make, queue):
    lab = await make.lab()
    learner = await make.learner()
    await make.submission(lab=lab, learner=learner)
    await queue.work(FakeGrader())
    visitor = client.log_in(learner)
    skills = (await visitor.get("/api/v1/paths/tiny")).json()["skills"]
    words = [skill["standing"]["words"] for skill in skills]

    road = (await visitor.get("/paths/tiny")).text
    lab_page = (await visitor.get("/labs/adding")).text

    assert words == ["1 of the 1 that can be proven", "Nothing can be proven here yet"]
    for skill, said in zip(skills, words, strict=True):
        page = (await visitor.get(f"/paths/tiny/skills/{skill['slug']}")).text
        assert said in page
        assert road.count(said) == 2, "on the stone and in its line"
        assert f"{skill['title']}: {said}" in lab_page
    assert "All that the labs here can prove is proven." in road
    assert 'class="flag-cloth"' not in road


async def test_one_button_leads_to_what_was_left_unfinished(client, make, queue):
    adding = await make.lab(stacks=["python", "node"])
    other = await make.lab("other", title="Something else")
    learner = await make.learner()
    visitor = client.log_in(learner)

    def button_of(page):
        return re.findall(r'<a class="way-on" href="([^"]+)">([^<]+)</a>', page.text)

    at_first = button_of(await visitor.get("/paths/tiny"))
    await make.draft(lab=other, learner=learner)
    await make.draft(lab=adding, learner=learner, stack="node")
    written = await visitor.get("/paths/tiny")
    await make.submission(lab=adding, learner=learner)
    await queue.work(FakeGrader())
    passed = await visitor.get("/paths/tiny")

    assert at_first == [("/paths/tiny/skills/basics", "Start with Basics")]
    assert button_of(written) == [("/labs/adding?stack=node", "Go on with Adding up")]
    assert "<strong>Adding up, Node.js</strong>: a draft that was not run yet." in written.text
    assert button_of(passed) == [("/labs/other?stack=python", "Go on with Something else")]


async def test_the_road_names_the_failed_check_and_leads_to_it(client, make, queue):
    lab = await make.lab(checks=[VISIBLE, TWICE])
    learner = await make.learner()
    visitor = client.log_in(learner)
    run = await make.submission(lab=lab, learner=learner)
    await queue.work(FakeGrader(passed(VISIBLE.name), failed(TWICE.name)))

    page = (await visitor.get("/paths/tiny")).text
    [(button, _)] = re.findall(r'<a class="way-on" href="([^"]+)">([^<]+)</a>', page)
    editor = (await visitor.get(button.replace("&amp;", "&"))).text

    assert "<strong>Adding up, Python</strong>: 1 of 2 checks fails; first: " in page
    assert f'<a href="/submissions/{run.id}#check-{TWICE.name}">{TWICE.title}</a>' in page
    [data] = re.findall(r'<script type="application/json" id="lab-data">(.+?)</script>', editor)
    assert json.loads(data)["shown"] == {
        "id": str(run.id), "kind": "submission", "check": TWICE.name,
    }  # fmt: skip
    assert json.loads(data)["opened"] == RIGHT


async def test_a_challenge_is_offered_until_it_is_passed_and_then_all_say_placed(
    client, make, queue
):
    challenge = await make.lab()
    checks = [CheckDraft(objective="basics.naming")]
    await make.lab("naming", title="Naming things", checks=checks)
    write_challenge(make.content_dir / "tiny", "adding", skill="basics")
    await make.published()
    learner = await make.learner()
    visitor = client.log_in(learner)
    pages = ("/paths/tiny", "/paths/tiny/skills/basics")
    before = [(await visitor.get(page)).text for page in pages]
    listed = (await visitor.get("/labs")).text
    lab = (await visitor.get("/labs/adding")).text

    run = await make.submission(lab=challenge, learner=learner)
    await queue.work(FakeGrader())
    after = [(await visitor.get(page)).text for page in pages]
    verdict = (await visitor.get(f"/submissions/{run.id}/events")).text

    for page in before:
        assert "Know this already? Pass the challenge" in page
        assert '<a href="/labs/adding">Adding up</a>' in page
    assert listed.count('<li class="challenge-tag">Challenge</li>') == 1
    assert '<li class="challenge-tag">Challenge of Basics</li>' in lab
    assert '<a class="way-on" href="/paths/tiny/skills/basics">Go on with Basics</a>' in after[0]
    for page in after:
        assert "Know this already?" not in page
        assert "Placed: 1 of the 2 that can be proven" in page
    assert "You are placed past Basics: the rest of it can wait." in verdict


async def test_without_a_link_to_any_course_the_page_says_so_once(visitor):
    for address in ("/paths/tiny", "/paths/tiny/skills/basics"):
        page = (await visitor.get(address)).text

        assert page.count("has no link here") == 1


@pytest.mark.parametrize("address", ["/sign-in/{link}", "/signed-out", "/labs"])
async def test_who_is_not_signed_in_sees_the_road_and_no_way_along_it(
    client, make, database, address
):
    await make.lab()
    async with database.transaction() as session:
        link = await create_sign_in_link(session, (await make.learner("Linus")).actor)

    page = (await client.get(address.format(link=link))).text

    assert page.count('<li class="stone') == 2
    assert "Basics" in page
    assert 'href="/paths/' not in page
    assert "that can be proven" not in page


async def test_without_a_path_a_visitor_is_only_asked_to_sign_in(client):
    page = await client.get("/labs")

    assert page.status_code == 401
    assert "Sign in to go on" in page.text


async def test_a_proven_objective_moves_the_ring_and_is_ticked(visitor, make, queue):
    lab = await make.lab()
    learner = await make.learner("Grace")
    await make.submission(lab=lab, learner=learner)
    await queue.work(FakeGrader())

    page = (await visitor.log_in(learner).get("/paths/tiny/skills/basics")).text

    assert ADDING == "basics.adding"
    assert "1 of the 1 that can be proven" in page
    assert "2 objectives, 1 proven" in page
    assert "Proven " in page


async def test_the_path_takes_a_fixed_number_of_queries(visitor, make, count_queries):
    await make.lab()
    with count_queries() as first:
        await visitor.get("/paths/tiny")
    await make.lab("adding-more")
    with count_queries() as second:
        await visitor.get("/paths/tiny")

    assert len(first) == len(second) <= QUERY_BUDGET


async def test_without_a_track_the_path_asks_for_one(client, make):
    await make.path("tiny")
    newcomer = client.log_in(await make.learner("Linus", track=None))

    response = await newcomer.get("/paths/tiny")

    assert (response.status_code, response.headers["location"]) == (303, "/track")


async def test_a_course_is_planned_started_and_finished_with_dates(visitor):
    for state, says in [("planned", "Planned"), ("started", "Started"), ("finished", "Finished")]:
        response = await visitor.post(COURSE, data={"state": state}, headers={"HX-Request": "true"})

        assert response.status_code == 200
        assert f"<span>{says} <time" in response.text
        assert "<html" not in response.text


async def test_without_scripts_the_course_leads_back_to_the_skill(visitor):
    response = await visitor.post(COURSE, data={"state": "started"})

    assert response.status_code == 303
    assert response.headers["location"] == "/paths/tiny/skills/basics"


async def test_a_course_links_nowhere_unless_the_operator_gave_an_address(visitor):
    page = (await visitor.get("/paths/tiny")).text

    assert "A course on basics" in page
    assert "noopener" not in page


async def test_a_lesson_is_shown_with_the_labs_that_prove_it(visitor, make):
    lesson(make, "# Adding up\n\nUse `+` <script>alert(1)</script>.\n")
    await make.lab()

    page = (await visitor.get("/paths/tiny/skills/basics/lessons/adding")).text

    assert "<h1>Adding up</h1>" in page
    assert "&lt;script&gt;" in page
    assert '<a href="/labs/adding">Adding up</a>' in page


@pytest.mark.parametrize(
    ("language", "shown"),
    [("python", ["Python", "JavaScript"]), ("javascript", ["JavaScript", "Python"])],
)
async def test_a_lesson_shows_the_language_of_the_readers_track_first(
    client, make, language, shown
):
    await make.path("tiny")
    lesson(make, "# Adding\n\n```python\n1 + 1\n```\n\n```javascript\n1 + 1;\n```\n")
    await make.lab()
    learner = await make.learner(track=Track(language=language, framework="fastapi"))

    page = await client.log_in(learner).get("/paths/tiny/skills/basics/lessons/adding")

    assert re.findall(r'<p class="code-name">(.*?)</p>', page.text) == shown


@pytest.mark.parametrize(
    "address",
    ["/paths/nowhere", "/paths/tiny/skills/nothing", "/paths/tiny/skills/basics/lessons/x"],
)
async def test_what_is_not_there_says_so_on_a_page(visitor, address):
    response = await visitor.get(address)

    assert response.status_code == 404
    assert "<h1>There is nothing here</h1>" in response.text


async def test_every_objective_has_its_row_in_milepost(visitor, make):
    (make.content_dir / "tiny" / "in-milepost.toml").write_text(
        '[[objective]]\nid = "basics.adding"\nshows = "symbol"\n'
        'ref = "milepost.web.rendering.road:draw_road"\nsentence = "It adds."\n'
    )
    await make.published()

    page = (await visitor.get("/paths/tiny/in-milepost")).text

    assert "The two skills in Milepost" in page
    assert "<strong>1</strong> of 3 objectives" in page
    assert 'href="/source/src/milepost/web/rendering/road.py#L' in page
