"""The labs list and the lab page: what is there to read and work with, and what is kept back."""

import json
import re

import pytest

from factories.content import HIDDEN, RIGHT, VISIBLE, WRONG
from fakes.grader import FakeGrader, failed
from milepost.web.lab_work import order_files

QUERY_BUDGET = 14


@pytest.fixture
async def visitor(client, make):
    await make.path("tiny")
    return client.log_in(await make.learner())


def data_of(page):
    return json.loads(re.search(r'id="lab-data">(.*?)</script>', page, re.DOTALL)[1])


async def test_without_labs_the_list_says_what_will_be_there(visitor):
    page = (await visitor.get("/labs")).text

    assert "The labs will be listed here" in page


async def test_stacks_are_called_by_their_names(visitor, make):
    await make.lab(stacks=["python", "node", "fastapi"])

    page = (await visitor.get("/labs")).text

    assert "<li>Python, Node.js, FastAPI</li>" in page


async def test_a_lab_shows_its_checks_and_only_counts_the_hidden_ones(visitor, make):
    await make.lab(checks=[VISIBLE, HIDDEN])

    page = (await visitor.get("/labs/adding")).text

    assert VISIBLE.title in page
    assert HIDDEN.title not in page
    assert HIDDEN.name not in page
    assert "and 1 more that stays hidden and runs" in page
    assert data_of(page)["checks"] == {"try": 1, "submission": 2}


@pytest.mark.parametrize(
    ("services", "server"),
    [
        (("mongo",), "The document store"),
        (("postgres", "redis"), "PostgreSQL and Redis"),
        (("upstream",), "The run"),
    ],
)
async def test_a_page_can_say_what_is_made_ready_for_a_run(visitor, make, services, server):
    await make.lab(services=services)

    page = (await visitor.get("/labs/adding")).text

    assert f">{server} is made ready" in page


async def test_the_editor_begins_with_the_starter_of_the_tracks_stack(visitor, make):
    await make.lab(stacks=["node", "python"])

    data = data_of((await visitor.get("/labs/adding")).text)

    assert data["stack"] == "python"
    assert data["starter"] == {"adding.py": "def add(a, b):\n    return None\n"}


@pytest.mark.parametrize(("asked", "given"), [("node", "node"), ("perl", "python")])
async def test_another_stack_can_be_asked_for(visitor, make, asked, given):
    await make.lab(stacks=["node", "python"])

    assert data_of((await visitor.get(f"/labs/adding?stack={asked}")).text)["stack"] == given


async def test_the_page_brings_what_its_learner_has_written(client, make, queue):
    learner = await make.learner("Linus")
    lab = await make.lab(stacks=["python", "node"])
    draft = await make.draft(lab=lab, learner=learner, files={"z.py": "1", **WRONG})
    await make.submission(lab=lab, learner=learner, files=RIGHT)
    await queue.work(FakeGrader())
    failing = await make.submission(lab=lab, learner=learner, files=WRONG)
    await queue.work(FakeGrader(failed()))
    visitor = client.log_in(learner)

    data = data_of((await visitor.get("/labs/adding")).text)
    opened = data_of((await visitor.get(f"/labs/adding?submission={failing.id}")).text)
    in_node = data_of((await visitor.get("/labs/adding?stack=node")).text)

    assert data["draft"]["revision"] == str(draft.revision)
    assert data["draft"]["files"] == {"z.py": "1", **WRONG}
    assert (data["passed"], data["opened"], opened["opened"]) == (RIGHT, None, WRONG)
    assert (in_node["draft"], in_node["passed"]) == (None, None)


async def test_the_page_asks_the_same_few_things_whatever_was_written(client, make, count_queries):
    learner = await make.learner("Linus")
    lab = await make.lab()
    visitor = client.log_in(learner)
    await visitor.get("/labs/adding")
    with count_queries() as few:
        await visitor.get("/labs/adding")
    files = {f"part_{number}.py": "x = 1\n" for number in range(20)}
    await make.draft(lab=lab, learner=learner, files=files)
    for _ in range(3):
        await make.submission(lab=lab, learner=learner, files=files)

    with count_queries() as many:
        await visitor.get("/labs/adding")

    assert len(few) == len(many) <= QUERY_BUDGET, many


async def test_styles_carry_the_nonce_of_their_own_response(visitor, make):
    await make.lab()

    first = await visitor.get("/labs/adding")
    second = await visitor.get("/labs/adding")

    nonce = data_of(first.text)["nonce"]
    assert f"'nonce-{nonce}'" in first.headers["content-security-policy"]
    assert data_of(second.text)["nonce"] != nonce


async def test_a_lab_remembers_the_last_submission(client, make, queue):
    await make.path("tiny")
    learner = await make.learner("Linus")
    lab = await make.lab(checks=[VISIBLE])
    visitor = client.log_in(learner)
    blank = (await visitor.get("/labs/adding")).text
    submission = await make.submission(lab=lab, learner=learner)
    waiting = (await visitor.get("/labs/adding")).text
    await queue.work(FakeGrader(failed()))

    page = (await visitor.get("/labs/adding")).text

    assert "last submission" not in blank
    assert "Your last submission is being graded." in waiting
    said = page.partition('id="last-says"')[2].partition("</p>")[0]
    assert "Failed" in said
    assert f'href="/submissions/{submission.id}"' in said


def test_the_file_that_is_started_comes_first():
    files = {"a.py": "", "report.py": "", "lib/b.py": ""}

    assert list(order_files(files, ["python", "report.py"])) == ["report.py", "a.py", "lib/b.py"]
