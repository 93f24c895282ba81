"""The page of a lab's answers, and the ways that lead to it once the lab is passed."""

import shutil

import pytest

from factories.content import HIDDEN, RIGHT, SLIPS, TWICE, VISIBLE, FlawDraft
from fakes.grader import FakeGrader, failed
from milepost.submissions.types import SubmissionKind

OWN = {"adding.py": "def add(a, b):\n    return sum([a, b])\n", "more.py": "MORE = 1\n"}
UNSEEN = FlawDraft("loses-the-sign", (HIDDEN.name,), "You <b>lose</b> `-1`.")
PAGE = "/labs/adding/answers"
WAY = 'href="/labs/adding/answers'
QUERY_BUDGET = 8


@pytest.fixture
async def lab(make):
    return await make.lab(
        checks=(VISIBLE, TWICE, HIDDEN), flaws=(*SLIPS, UNSEEN), stacks=("python", "node")
    )


@pytest.fixture
async def learner(make):
    return await make.learner()


@pytest.fixture
def visitor(client, learner):
    return client.log_in(learner)


@pytest.fixture
async def passed(make, queue, lab, learner):
    """The submission with which the learner passed."""
    submission = await make.submission(lab=lab, learner=learner, files=OWN)
    await queue.work(FakeGrader())
    return submission


async def test_ones_own_lines_stand_beside_those_of_the_model_answer(visitor, passed):
    page = (await visitor.get(PAGE)).text

    assert "<h1>Answers to Adding up</h1>" in page
    assert "and proved Adding." in page
    (model, _, rest) = page.partition("What people get wrong here</h2>")
    assert '<td class="old">    return <mark>sum([</mark>' in model
    assert "only in yours" in model
    assert f'href="/labs/adding?submission={passed.id}"' in model
    assert rest


@pytest.mark.usefixtures("passed")
async def test_a_mistake_is_told_with_its_change_and_what_sees_it(visitor):
    walk = (await visitor.get(PAGE)).text.partition("What people get wrong here</h2>")[2]

    assert walk.count("<summary>") == len(SLIPS) + 1
    assert "You &lt;b&gt;lose&lt;/b&gt; <code>-1</code>." in walk
    assert "Seen only by a hidden check" in walk
    assert f"“{VISIBLE.title}” and “{TWICE.title}”" in walk or (
        f"“{TWICE.title}” and “{VISIBLE.title}”" in walk
    )
    assert "return a <mark>-</mark> b" in walk
    assert HIDDEN.title not in walk
    assert HIDDEN.name not in walk


@pytest.mark.usefixtures("passed")
async def test_another_stack_is_a_link_away_and_shows_its_answers_whole(visitor):
    page = (await visitor.get(PAGE)).text
    assert f'{WAY}?stack=node"' in page

    other = (await visitor.get(PAGE, params={"stack": "node"})).text

    assert "You have not passed in Node.js" in other
    assert '<details class="panel file" open>' in other
    assert "seen in Python" in other


async def test_work_that_equals_the_model_answer_says_so(visitor, make, queue, lab, learner):
    await make.submission(lab=lab, learner=learner, files=RIGHT)
    await queue.work(FakeGrader())

    assert "Yours is the same, to the letter." in (await visitor.get(PAGE)).text


async def test_a_pass_leads_to_the_answers_from_its_page_and_the_labs(visitor, passed):
    on_the_submission = (await visitor.get(f"/submissions/{passed.id}")).text
    on_the_lab = (await visitor.get("/labs/adding")).text

    assert WAY in on_the_submission
    assert WAY in on_the_lab


async def test_a_drills_figure_leads_to_its_answers_once_it_is_passed(
    visitor, make, queue, learner
):
    drill = await make.drill()
    addresses = ("/labs/drill-adding", "/paths/tiny/skills/basics/lessons/adding")
    before = [(await visitor.get(address)).text for address in addresses]
    await make.submission(lab=drill, learner=learner, files=OWN)
    await queue.work(FakeGrader())

    after = [(await visitor.get(address)).text for address in addresses]

    way = 'href="/labs/drill-adding/answers'
    assert [way in page for page in before] == [False, False]
    assert [way in page for page in after] == [True, True]
    assert "and practised Adding." in (await visitor.get("/labs/drill-adding/answers")).text


@pytest.mark.parametrize(
    ("kind", "grader"),
    [
        (SubmissionKind.SUBMISSION, FakeGrader(failed())),
        (SubmissionKind.TRY, FakeGrader()),
    ],
    ids=["failed", "only tried"],
)
async def test_before_passing_nothing_leads_there_and_nothing_is_there(
    visitor, make, queue, lab, learner, kind, grader
):
    submission = await make.submission(lab=lab, learner=learner, files=OWN, kind=kind)
    await queue.work(grader)

    page = await visitor.get(PAGE)

    assert page.status_code == 404
    assert "once a submission of yours has passed" in page.text
    assert "return a + b" not in page.text
    assert WAY not in (await visitor.get(f"/submissions/{submission.id}")).text
    assert WAY not in (await visitor.get("/labs/adding")).text


async def test_where_the_author_keeps_the_answers_nothing_leads_there(
    visitor, make, queue, learner
):
    lab = await make.lab(shows_answers=False)
    submission = await make.submission(lab=lab, learner=learner, files=OWN)
    await queue.work(FakeGrader())

    page = await visitor.get(PAGE)

    assert page.status_code == 404
    assert "Its author keeps the answers" in page.text
    assert WAY not in (await visitor.get(f"/submissions/{submission.id}")).text
    assert WAY not in (await visitor.get("/labs/adding")).text


@pytest.mark.usefixtures("passed")
async def test_answers_to_a_lab_that_has_left_link_to_no_page_of_it(visitor, make):
    shutil.rmtree(make.content_dir / "tiny" / "1-basics" / "labs" / "adding")
    await make.published()

    page = await visitor.get(PAGE)

    assert page.status_code == 200
    assert "What people get wrong here" in page.text
    assert "/labs/adding?" not in page.text


@pytest.mark.usefixtures("passed")
async def test_the_page_takes_few_statements(visitor, count_queries):
    await visitor.get(PAGE)

    with count_queries() as seen:
        await visitor.get(PAGE)

    assert len(seen) <= QUERY_BUDGET, seen
