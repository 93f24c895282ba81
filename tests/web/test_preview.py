"""A lab's preview: what its learners would see of each answer, and what only its author is told."""

import asyncio
from contextlib import asynccontextmanager

import httpx
import pytest

from fakes.grader import FakeGrader, failed, passed
from milepost.engine import Outcome, StackUnavailable
from milepost.labs.scaffolding import Wanted, write_new_lab
from milepost.web.preview import Rounds, create_preview_app

VISIBLE, HIDDEN = "test_runs_of_spaces_count_once", "test_no_text_has_no_words"
SECRET = "a text that only the hidden check knows"


@pytest.fixture
def lab(tmp_path):
    """The folder of a new lab."""
    skill = tmp_path / "content" / "politeness" / "1-manners"
    skill.mkdir(parents=True)
    (skill.parent / "path.toml").write_text('slug = "politeness"\n')
    (skill / "skill.toml").write_text('slug = "manners"\n[[objectives]]\nslug = "greeting"\n')
    wanted = Wanted(objectives=["manners.greeting"], stacks=["python"], slug="word-count")
    return write_new_lab(tmp_path / "content", wanted)


@asynccontextmanager
async def previewing(lab, grader):
    """Open a preview whose answers the grader judges."""
    rounds = Rounds(lab, grader, seed=7)
    keeping = asyncio.create_task(rounds.keep())
    transport = httpx.ASGITransport(create_preview_app(rounds))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        yield _Preview(rounds, client)
    rounds.close()
    keeping.cancel()
    await asyncio.gather(keeping, return_exceptions=True)


class _Preview:
    def __init__(self, rounds, client):
        self.rounds = rounds
        self.client = client

    async def read(self, answer="", until="verdict-box"):
        """Return the page of an answer once it shows these words."""
        async with asyncio.timeout(30):
            async for _ in self.rounds.list_changes(""):
                page = await self._get(answer)
                if until in page:
                    return page
        return ""

    async def _get(self, answer):
        response = await self.client.get("/", params={"answer": answer} if answer else {})
        assert response.status_code == 200
        return response.text


def both_fail():
    return FakeGrader(failed(VISIBLE), failed(HIDDEN, hidden=True, message=SECRET))


async def test_it_opens_with_the_starter_and_leads_to_every_answer(lab):
    async with previewing(lab, both_fail()) as preview:
        page = await preview.read()

    assert 'href="/?answer=starter/python" aria-current="true"' in page
    for place in ("solutions/python", "flawed/counts-gaps", "flawed/every-text-has-a-word"):
        assert f'href="/?answer={place}"' in page
    assert "Write a function <code>count_words(text)</code>" in page
    assert "As declared" in page


async def test_a_learner_sees_no_more_of_a_hidden_check_here_than_anywhere(lab):
    async with previewing(lab, both_fail()) as preview:
        page = await preview.read()

    assert "This check keeps its inputs to itself" in page
    assert SECRET not in page


async def test_the_misconception_of_a_wrong_answer_and_every_step_of_a_hint_are_shown(lab):
    async with previewing(lab, both_fail()) as preview:
        page = await preview.read("flawed/counts-gaps")

    assert "You divide the text at every single space" in page
    assert "Take two words with three spaces between them" in page
    assert "split at commas" in page


async def test_an_answer_that_ends_other_than_declared_is_told_to_its_author(lab):
    grader = FakeGrader(passed(VISIBLE), failed(HIDDEN, hidden=True))
    async with previewing(lab, grader) as preview:
        wrong = await preview.read("flawed/counts-gaps")
        right = await preview.read("solutions/python")

    assert f"should fail <code>{VISIBLE}</code>, but passes" in wrong
    assert f"<code>{HIDDEN}</code> does not pass, though the answer is right" in right


async def test_a_check_that_breaks_is_the_answers_fault_unless_a_solution_breaks_it(lab):
    broken = failed(VISIBLE, outcome=Outcome.BROKEN, message="This check itself is broken")
    async with previewing(lab, FakeGrader(broken, passed(HIDDEN, hidden=True))) as preview:
        wrong = await preview.read("flawed/counts-gaps")
        right = await preview.read("solutions/python")

    assert 'data-verdict="failed"' in wrong
    assert "Assert first what the line relies on" in wrong
    assert 'data-verdict="lab_broken"' in right
    assert "the lab would be closed" in right


async def test_what_runs_is_shown_as_far_as_it_has_come_and_without_scripts_it_reloads(lab):
    grader = both_fail()
    gate = grader.hold(HIDDEN)
    async with previewing(lab, grader) as preview:
        during = await preview.read(until="1 of 2 checks done")
        gate.set()
        after = await preview.read()

    reload = '<noscript><meta http-equiv="refresh"'
    assert reload in during
    assert reload not in after


async def test_a_save_ends_the_run_that_it_overtakes_and_what_it_found_is_not_shown(lab):
    grader = both_fail()
    grader.hold(HIDDEN)
    async with previewing(lab, grader) as preview:
        before = preview.rounds.state
        await preview.read(until="1 of 2 checks done")
        text = (lab / "brief.md").read_text()
        (lab / "brief.md").write_text(text.replace("This one is a beginning", "Grüße"))
        await preview.read(until="Grüße")
        grader.hold(HIDDEN).set()
        page = await preview.read()

        assert preview.rounds.state != before
    assert "2 checks" in page
    assert len(grader.requests) == 2
    assert [request.seed for request in grader.requests] == [7, 7]


async def test_a_lab_that_cannot_be_loaded_says_why_and_where(lab):
    manifest = (lab / "lab.toml").read_text()
    broken = manifest.replace("minutes = 30", "minutes = 900").replace("wall_sec", "wal_sec")
    (lab / "lab.toml").write_text(broken)
    async with previewing(lab, both_fail()) as preview:
        page = await preview.read(until="cannot be loaded")
        (lab / "lab.toml").write_text(manifest)
        await preview.read()

    lines = broken.splitlines()
    minutes = lines.index("minutes = 900") + 1
    wall = next(number for number, line in enumerate(lines, 1) if line.startswith("wal_sec"))
    assert f"lab.toml, line {minutes}: <code>minutes</code> is 900" in page
    assert f"lab.toml, line {wall}, [limits]: <code>wal_seconds</code> is not a field" in page


async def test_what_is_no_toml_is_a_sentence_with_its_line(lab):
    (lab / "lab.toml").write_text('slug = "word-count"\ntitle = \n')
    async with previewing(lab, both_fail()) as preview:
        page = await preview.read(until="cannot be loaded")

    assert "lab.toml is not TOML" in page
    assert "line 2" in page
    assert "Traceback" not in page


async def test_a_stack_that_is_not_installed_is_told_with_what_fixes_it(lab):
    missing = StackUnavailable("python", "It is not installed.", "Run: make up")
    async with previewing(lab, FakeGrader(fault=missing)) as preview:
        page = await preview.read(until="could not be graded")

    assert "Run: make up" in page


async def test_an_answer_that_is_gone_is_said_and_another_shown(lab):
    async with previewing(lab, both_fail()) as preview:
        page = await preview.read("flawed/none-such")

    assert "There is no answer <code>flawed/none-such</code> any more" in page


async def test_links_to_the_rest_of_milepost_say_that_it_is_not_here(lab):
    async with previewing(lab, both_fail()) as preview:
        answer = await preview.client.get("/paths/politeness/skills/manners")

    assert answer.status_code == 404
    assert "A preview shows one lab alone" in answer.text


async def test_a_name_that_is_not_this_machines_is_refused(lab):
    async with previewing(lab, both_fail()) as preview:
        answer = await preview.client.get("/", headers={"host": "attacker.example"})

    assert answer.status_code == 400
    assert "word-count" not in answer.text


async def test_a_drill_and_a_lab_of_stages_are_shown_too(lab):
    manifest = (lab / "lab.toml").read_text().replace("minutes = 30", "minutes = 30\nstages = true")
    task = '[[tasks]]\nslug = "second"\ntitle = "Second"\nsentence = "Then this."\n\n[starter]'
    (lab / "lab.toml").write_text(manifest.replace("[starter]", task))
    checks = (lab / "checks.py").read_text()
    before, _, last = checks.rpartition('task="count-words"')
    (lab / "checks.py").write_text(f'{before}task="second"{last}')
    first, second = (failed(VISIBLE, task="count-words"), failed(HIDDEN, task="second"))
    async with previewing(lab, FakeGrader(first, second)) as preview:
        page = await preview.read()

    assert "Stage 1 of 2" in page
    assert "2. Second" in page
