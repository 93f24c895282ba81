"""Results come one by one, carry evidence, survive a trip through JSON, and end with the engine."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import aclosing

import psutil

from milepost.engine import (
    CheckStarted,
    Outcome,
    Verdict,
    serialize,
)
from milepost.engine.evidence.call import Returned
from milepost.engine.evidence.program import ProgramOutput

HELD = """
    @check(task="t", objectives=["o"])
    def test_quick(program):
        \"\"\"Quick\"\"\"

    @check(task="u", objectives=["o"], hidden=True)
    def test_held(program):
        \"\"\"Held open\"\"\"
        program.run()
"""


async def test_results_arrive_one_by_one_while_a_check_is_held_open(engine, make_request):
    request = make_request(HELD, "import time\ntime.sleep(1)")
    seen = [(event, time.monotonic()) async for event in engine.grade(request)]

    kinds = [type(event).__name__ for event, _ in seen]
    assert kinds == [
        *("ChecksCollected", "CheckStarted", "CheckFinished"),
        *("CheckStarted", "CheckFinished", "GradingFinished"),
    ]
    assert [check.hidden for check in seen[0][0].checks] == [False, True]
    assert seen[4][1] - seen[2][1] > 0.9


async def test_run_whose_events_are_no_longer_read_ends_at_once(engine, make_request, settle):
    async with aclosing(engine.grade(make_request(HELD, "import time\ntime.sleep(60)"))) as events:
        async for event in events:
            if isinstance(event, CheckStarted) and event.name == "test_held":
                break

    assert event == CheckStarted("test_held")
    await settle()


async def test_cancelled_run_leaves_nothing(engine, make_request, settle):
    async def grade():
        return [event async for event in engine.grade(make_request(HELD, "while True: pass"))]

    task = asyncio.create_task(grade())
    await asyncio.sleep(0.7)
    task.cancel()
    await asyncio.wait([task])

    assert task.cancelled()
    await settle()


async def test_runs_at_once_do_not_meet(engine, make_request):
    requests = [make_request(HELD, "import time\ntime.sleep(0.5)") for _ in range(3)]

    async def verdict(request):
        return [event async for event in engine.grade(request)][-1].report.verdict

    assert await asyncio.gather(*map(verdict, requests)) == [Verdict.PASSED] * 3


async def test_hidden_checks_stay_out_where_they_are_not_wanted(grade):
    graded = await grade(HELD, include_hidden=False)

    assert [check.name for check in graded.report.checks] == ["test_quick"]
    assert graded.report.verdict is Verdict.PASSED


async def test_same_seed_makes_the_same_inputs(grade):
    checks = """
        @check(task="t", objectives=["o"])
        def test_it(random, seed):
            note("drawn", numbers=[random.randint(0, 999) for _ in range(5)], seed=seed)
    """
    first, again, other = [await grade(checks, seed=seed) for seed in (11, 11, 12)]

    assert first.only.evidence[0].request == again.only.evidence[0].request
    assert first.only.evidence[0].request != other.only.evidence[0].request
    assert first.only.evidence[0].request["seed"] == 11 == first.report.seed


async def test_evidence_shows_a_program_run_and_how_to_repeat_it(grade, tmp_path):
    graded = await grade(
        """
        @check(task="t", objectives=["o"])
        def test_it(program):
            log = "".join(f"line {n}\\n" for n in range(1000))
            program.run("--top", "3", "access log.txt", files={"access log.txt": log})
            program.run(stdin="hello")
            program.run("a b.log", files={"a b.log": b"-5%\\n\\xff it's \\\\\\\\\\n"})
        """,
        """
        import sys
        print("\\033[31mred\\033[0m\\007", sys.argv[1:])
        sys.stderr.buffer.write(b"\\xff!")
        """,
    )

    first, second, third = graded.only.evidence
    assert (first.kind, first.title) == ("program", "python main.py --top 3 'access log.txt'")
    assert first.repeat is None, "no line can hold the file that it would need"
    assert first.request.files["access log.txt"].lines == 1000
    assert first.request.files["access log.txt"].head.startswith("line 0\nline 1\n")
    assert first.response == ProgramOutput(
        exit_code=0, stdout="red ['--top', '3', 'access log.txt']\n", stderr="\ufffd!"
    )
    assert 0 < first.at_seconds < second.at_seconds
    assert second.repeat == "printf hello | python main.py"
    assert third.repeat.endswith(" && python main.py 'a b.log'")
    make = await asyncio.create_subprocess_shell(third.repeat.partition(" && ")[0], cwd=tmp_path)
    assert await make.wait() == 0
    assert (tmp_path / "a b.log").read_bytes() == b"-5%\n\xff it's \\\\\n"


async def test_evidence_shows_calls_values_errors_and_what_was_printed(grade):
    graded = await grade(
        """
        @check(task="t", objectives=["o"])
        def test_it(solution):
            assert solution.call("twice", 4) == 8
            with pytest.raises(SolutionRaised) as raised:
                solution.call("refuse", "x")
            assert (raised.value.type, raised.value.message) == ("ValueError", "not x")
            counter = solution.new("Counter", 10)
            assert counter.call("add", 5) == 15
            assert counter.get("total") == 15
            assert str(solution.call("odd")) == "nan"
            assert solution.call("later") == (1, 2)
            note("seen", ok=True)
        """,
        """
        import asyncio
        def twice(n):
            print("thinking")
            return n * 2
        def refuse(text):
            raise ValueError("not " + text)
        class Counter:
            def __init__(self, total): self.total = total
            def add(self, n):
                self.total += n
                return self.total
        def odd():
            return float("nan")
        async def later():
            await asyncio.sleep(0)
            return (1, 2)
        """,
    )

    assert graded.report.verdict is Verdict.PASSED, graded.only
    titles = [piece.title for piece in graded.only.evidence]
    assert titles == [
        *("twice(4)", "refuse('x')", "new Counter(10)", "Counter.add(5)", "Counter.total"),
        *("odd()", "later()", "seen"),
    ]
    assert graded.only.evidence[0].response == Returned(value=8, stdout="thinking\n")
    assert graded.only.evidence[1].response.error.type == "ValueError"


async def test_error_that_a_check_does_not_expect_fails_it_in_words(grade):
    graded = await grade(
        """
        @check(task="t", objectives=["o"])
        def test_raises(solution):
            solution.call("refuse")

        @check(task="t", objectives=["o"])
        def test_missing(solution):
            solution.call("not_there")

        @check(task="t", objectives=["o"])
        def test_output(program):
            program.run().json()
        """,
        "def refuse():\n    raise ValueError('no')\n",
    )

    assert graded.report.verdict is Verdict.FAILED
    assert graded.check("test_raises").message == "`refuse()` raised ValueError: no"
    assert "main.py has no `not_there`" in graded.check("test_missing").message
    assert "its output is not JSON" in graded.check("test_output").message


async def test_long_texts_are_compared_at_once_and_cut(grade):
    graded = await grade(
        """
        @check(task="t", objectives=["o"])
        def test_it(program):
            assert program.run().stdout == "x\\n" * 40_000, "They differ"
        """,
        "print('y\\n' * 40_000)",
    )

    assert graded.only.outcome is Outcome.FAILED
    assert graded.only.message == "They differ"
    assert "more characters" in graded.only.got
    assert graded.only.evidence[0].truncated
    assert graded.report.usage.wall_seconds < 5


async def test_per_cent_signs_in_what_is_compared_are_only_signs(grade):
    graded = await grade(
        """
        @check(task="t", objectives=["o"])
        def test_equal(program):
            assert program.run().stdout == "100%", "They differ"

        @check(task="t", objectives=["o"])
        def test_within(program):
            assert "99%" in program.run().stdout, "It is not in there"

        @check(task="t", objectives=["o"])
        def test_without_a_sentence(program):
            assert program.run().stdout == "%s"
        """,
        r"print('{width: 100%; height: 7%\\}', end='')",
    )

    assert [check.outcome for check in graded.report.checks] == [Outcome.FAILED] * 3
    assert graded.check("test_equal").message == "They differ"
    assert graded.check("test_equal").got == "{width: 100%; height: 7%\\}"
    assert graded.check("test_equal").expected == "100%"
    assert graded.check("test_within").message == "It is not in there"
    assert graded.check("test_without_a_sentence").expected == "%s"


async def test_node_answers_like_python(grade):
    graded = await grade(
        """
        @check(task="t", objectives=["o"])
        def test_calls(solution):
            assert solution.call("parse_line", "a b") == ["a", "b"]
            with pytest.raises(SolutionRaised) as raised:
                solution.call("refuse")
            assert (raised.value.type, raised.value.message) == ("RangeError", "no")
            counter = solution.new("Counter", 1)
            assert counter.call("add_up", 2) == 3
            assert str(solution.call("odd")) == "nan"

        @check(task="t", objectives=["o"])
        def test_program(program):
            assert program.run("x", stdin="in").stdout == '["x"] in\\n'

        @check(task="t", objectives=["o"])
        def test_missing(solution):
            solution.call("not_there")
        """,
        """
        import { pathToFileURL } from "node:url";
        import { readFileSync } from "node:fs";
        export const parseLine = async (line) => line.split(" ");
        export function refuse() { throw new RangeError("no"); }
        export const odd = () => NaN;
        export class Counter {
          constructor(total) { this.total = total; }
          addUp(n) { return (this.total += n); }
        }
        if (import.meta.url === pathToFileURL(process.argv[1]).href) {
          console.log(JSON.stringify(process.argv.slice(2)), readFileSync(0, "utf8"));
        }
        """,
        stack="node",
    )

    assert graded.check("test_calls").outcome is Outcome.PASSED, graded.check("test_calls").detail
    assert graded.check("test_program").outcome is Outcome.PASSED, graded.check("test_program")
    assert "main.mjs has no `notThere`" in graded.check("test_missing").message
    assert graded.report.stack_version.startswith("Node.js ")


async def test_events_and_reports_survive_json(engine, make_request):
    async for event in engine.grade(make_request(HELD)):
        document = json.loads(json.dumps(serialize.event_to_json(event)))
        assert serialize.event_from_json(document) == event


WORKER = """
import asyncio, sys
from pathlib import Path
from milepost.engine import *

async def main(lab, runtime):
    entry = Entry(program=("python", "main.py"), module="main.py")
    code = b"import os, time\\nos.fork(); os.setsid() if os.fork() == 0 else 0\\ntime.sleep(60)"
    request = GradeRequest(run_id="r", lab=Path(lab), stack="python",
        files={"main.py": code}, seed=1,
        spec=GradingSpec({"python": entry}, Limits(wall_seconds=60, run_seconds=60)))
    async with Engine(runtime_dir=Path(runtime)) as engine:
        async for event in engine.grade(request):
            print(type(event).__name__, getattr(event, "name", ""), flush=True)

asyncio.run(main(*sys.argv[1:]))
"""


def test_killing_the_engines_process_leaves_no_process(make_request, tmp_path):
    lab = make_request(HELD).lab
    with subprocess.Popen(
        [sys.executable, "-c", WORKER, str(lab), str(tmp_path / "runtime")],
        stdout=subprocess.PIPE,
        text=True,
    ) as worker:
        for line in worker.stdout:
            if "test_held" in line:
                break
        time.sleep(0.3)
        below = psutil.Process(worker.pid).children(recursive=True)
        assert len(below) > 5
        os.kill(worker.pid, signal.SIGKILL)

    _, alive = psutil.wait_procs(below, timeout=3)
    assert alive == []
