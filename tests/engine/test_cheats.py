"""Learner code that tries to pass without solving. Each has a benign twin in `test_verdicts`."""

import pytest

from milepost.engine import Outcome, Verdict

CHECKS = """
    import json

    @check(task="t", objectives=["o"])
    def test_program(program, data):
        \"\"\"The program answers\"\"\"
        run = program.run()
        assert run.stdout == "right\\n", "It must print right"
        assert json.loads((data / "truth.json").read_text()) == [1]

    @check(task="t", objectives=["o"])
    def test_solution(solution):
        \"\"\"The function answers\"\"\"
        assert solution.call("answer") == 42, "It must answer 42"
"""
WRONG = "def answer():\n    return 41\nif __name__ == '__main__':\n    print('wrong')\n"
PRETENDING = """
import os, sys
print("10 passed in 0.01s")
print('<testsuite tests="10" failures="0"/>')
print("1..1\\nok 1")
os.write(1, b'{"say": "finished", "result": {"outcome": "passed"}}\\n')
def answer():
    print("10 passed")
    sys.exit(0)
"""
LIAR = """
class Liar(int):
    def __eq__(self, other): return True
    def __hash__(self): return 42
    def __repr__(self): return "42"
    def __len__(self): return 10**9
def answer():
    return Liar(41)
"""
NOT_JSON = """
class Hostile:
    def __eq__(self, other): return True
    def __repr__(self): raise SystemExit(0)
def answer():
    return Hostile()
"""
TALKS_FOR_HARNESS = """
import os, struct
def answer():
    raw = b'{"id": 1, "value": 42, "x": ' + b'[' * 5000 + b']' * 5000 + b'}'
    os.write(3, struct.pack("!II", len(raw), 0) + raw)
    os._exit(0)
"""
FLOODS_CHANNEL = """
import os, struct
def answer():
    os.write(3, struct.pack("!II", 2**32 - 1, 2**32 - 1))
    while True: os.write(3, b"x" * 65536)
"""
SHADOWS = {
    "conftest.py": "import pytest\n@pytest.fixture(autouse=True)\ndef x(): pytest.skip()\n",
    "pytest.ini": "[pytest]\naddopts = --collect-only\n",
    "sitecustomize.py": "import os\nos._exit(0)\n",
    "usercustomize.py": "import os\nos._exit(0)\n",
    "evil.pth": "import os; os._exit(0)\n",
    "json.py": "loads = lambda *_: 42\ndumps = lambda *_: '42'\n",
    "checks.py": "def test_program(): pass\n",
    "random.py": "",
    "milepost.py": "",
    "milepost/__init__.py": "",
    "milepost/engine/guest/wire.py": "",
    ".local/lib/python3.11/site-packages/sitecustomize.py": "print('right')\n",
}


@pytest.mark.parametrize(
    "files",
    [
        {"main.py": WRONG},
        {"main.py": PRETENDING},
        {"main.py": LIAR},
        {"main.py": NOT_JSON},
        {"main.py": TALKS_FOR_HARNESS},
        {"main.py": FLOODS_CHANNEL},
        {"main.py": WRONG, **SHADOWS},
        {"main.py": "import atexit, os\natexit.register(os._exit, 0)\n" + WRONG},
    ],
    ids=["plain", "pretends", "equals-all", "hostile", "forges", "floods", "shadows", "atexit"],
)
async def test_cheat_passes_nothing(grade, files):
    graded = await grade(CHECKS, files, data={"truth.json": "[1]"})

    assert graded.report.verdict in (Verdict.FAILED, Verdict.CRASHED)
    assert [check.name for check in graded.report.checks] == ["test_program", "test_solution"]
    assert all(check.outcome in (Outcome.FAILED, Outcome.CRASHED) for check in graded.report.checks)


async def test_right_solution_passes_among_shadowing_files(grade):
    right = "def answer():\n    return 42\nif __name__ == '__main__':\n    print('right')\n"
    graded = await grade(CHECKS, {"main.py": right, **SHADOWS}, data={"truth.json": "[1]"})

    assert graded.report.verdict is Verdict.PASSED


async def test_program_that_exits_with_0_on_import_is_reported_as_such(grade):
    graded = await grade(CHECKS, "raise SystemExit(0)", data={"truth.json": "[1]"})

    assert graded.report.verdict is Verdict.CRASHED
    assert "could not be imported: SystemExit" in graded.check("test_solution").message


async def test_code_that_stops_the_launcher_harms_only_itself(grade):
    graded = await grade(
        """
        from milepost.engine.checks import guest
        guest._ANSWER_SECONDS = 0.5

        @check(task="t", objectives=["o"])
        def test_stops(program):
            program.run("stop", seconds=0.5)

        @check(task="t", objectives=["o"])
        def test_next(program):
            assert program.run().exit_code == 0
        """,
        """
        import os, signal, sys, time
        if sys.argv[1:]:
            os.kill(os.getppid(), signal.SIGSTOP)
            time.sleep(60)
        """,
    )

    assert graded.check("test_stops").outcome is Outcome.CRASHED
    assert graded.check("test_next").outcome is Outcome.PASSED


async def test_evidence_of_any_size_does_not_break_the_run(grade):
    graded = await grade(
        """
        @check(task="t", objectives=["o"])
        def test_it(solution):
            for number in range(40):
                solution.call("flood", number)
        """,
        "def flood(n):\n    print('\u4e00' * 100_000)\n    return ['\u4e00' * 100_000]\n",
    )

    assert graded.report.verdict is Verdict.PASSED
    assert 5 < len(graded.only.evidence) < 40


async def test_answer_beyond_bounds_is_no_answer(grade):
    graded = await grade(
        """
        @check(task="t", objectives=["o"])
        def test_it(solution):
            solution.call("huge")
        """,
        "def huge():\n    return 'x' * (5 << 20)\n",
    )

    assert graded.only.outcome is Outcome.CRASHED
    assert "did not give a proper answer" in graded.only.message
