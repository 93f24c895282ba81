"""The process that imports a learner's module: each check has another, and meets no traces."""

import pytest

from milepost.engine import Entry, Limits, Outcome, Verdict

PATIENT = Limits(wall_seconds=60, run_seconds=5)
TWO_CHECKS = """
    @check(task="t", objectives=["o"])
    def test_one(solution):
        {first}

    @check(task="t", objectives=["o"])
    def test_two(solution):
        {second}
"""
MAKES = """
import mmap, multiprocessing, os, socket, subprocess, tempfile, threading, time

DEEP = tempfile.gettempdir() + "/deep"
{at_import}

def is_as_it_was_left():
    return bool({as_it_was_left})
"""


def two_checks(first, second=None):
    return TWO_CHECKS.format(first=first, second=second or first)


def values(graded):
    """What the first call of each check has answered."""
    return [
        next(each.response.value for each in check.evidence if each.kind == "call")
        for check in graded.report.checks
    ]


@pytest.mark.needs_isolated_tier
async def test_each_check_calls_a_process_that_was_forked_for_it_and_has_imported_by_itself(grade):
    graded = await grade(
        two_checks("solution.call('who')"),
        """
        import os

        IMPORTED_BY = os.getpid()

        def who():
            ran = open("/proc/self/cmdline", "rb").read()
            return [IMPORTED_BY, os.getpid(), os.getppid(), b"agent.launcher" in ran]
        """,
    )

    first, second = values(graded)
    assert first == [first[0], first[0], 1, True]
    assert second == [second[0], second[0], 1, True]
    assert first[0] != second[0]


async def test_what_a_check_does_to_the_module_and_the_process_is_absent_in_the_next(grade):
    graded = await grade(
        two_checks("assert solution.call('leave_traces') == [1, None, 0, False, False]"),
        """
        import decimal, os, pathlib, sys

        seen = []

        def leave_traces():
            found = [os.environ.get("TRACE"), decimal.getcontext().prec - 28,
                     "trace" in sys.modules, pathlib.Path("trace").exists()]
            seen.append(1)
            os.environ["TRACE"] = "left"
            decimal.getcontext().prec = 5
            sys.modules["trace"] = sys
            pathlib.Path("trace").write_text("left")
            return [len(seen), *found]
        """,
    )

    assert graded.report.verdict is Verdict.PASSED, [each.got for each in graded.report.checks]


@pytest.mark.parametrize(
    ("at_import", "as_it_was_left"),
    [
        ("open('made', 'w').close()", "os.path.exists('made')"),
        ("open('main.py', 'a').write('#')", "open('main.py').read().endswith('#')"),
        ("os.makedirs(DEEP)", "os.path.isdir(DEEP)"),
        (
            "threading.Thread(target=time.sleep, args=(60,), daemon=True).start()",
            "threading.active_count() == 2",
        ),
        (
            "child = subprocess.Popen(['python', '-c', 'import time; time.sleep(60)'])",
            "child.poll() is None",
        ),
        ("opened = open('words.txt')", "opened.read() == 'one two'"),
        (
            "shared = mmap.mmap(-1, 8)",
            "shared.read(1) == b'\\0' and not shared.seek(0) and shared.write(b'x')",
        ),
        ("mine, its = os.pipe()\nos.write(its, b'ab')", "os.read(mine, 9) == b'ab'"),
        (
            "left, right = socket.socketpair()\nleft.send(b'ab')",
            "right.recv(9) == b'ab' and right.send(b'c') and left.recv(9) == b'c'",
        ),
        ("numbers = iter(range(9))", "next(numbers) == 0"),
        (
            "value = multiprocessing.RawValue('i', 0)",
            "setattr(value, 'value', value.value + 1) or value.value == 1",
        ),
    ],
    ids=[
        "file",
        "changed-file",
        "folder",
        "thread",
        "process",
        "open-file",
        "mapping",
        "pipe",
        "socket-pair",
        "iterator",
        "shared-value",
    ],
)
async def test_check_finds_all_that_the_import_made_as_the_import_left_it(
    grade, at_import, as_it_was_left
):
    graded = await grade(
        two_checks("assert solution.call('is_as_it_was_left') is True"),
        {
            "main.py": MAKES.format(at_import=at_import, as_it_was_left=as_it_was_left),
            "words.txt": "one two",
        },
        limits=PATIENT,
    )

    assert graded.report.verdict is Verdict.PASSED, [each.message for each in graded.report.checks]


@pytest.mark.parametrize(
    ("first", "outcome"),
    [
        ("os._exit(0)", Outcome.CRASHED),
        ("time.sleep(60)", Outcome.TIMED_OUT),
        ("subprocess.Popen(['python', '-c', 'while True: print(1)'])", Outcome.PASSED),
        ("print('x' * 3_000_000)", Outcome.CRASHED),
    ],
    ids=["exits", "hangs", "leaves-a-flood", "floods"],
)
async def test_check_that_does_damage_leaves_a_working_module_to_the_next(grade, first, outcome):
    graded = await grade(
        two_checks("solution.call('first')", "assert solution.call('second') == 2"),
        f"""
        import os, subprocess, time

        def first():
            {first}

        def second():
            return 2
        """,
        limits=Limits(wall_seconds=60, run_seconds=2),
    )

    assert graded.check("test_one").outcome is outcome, graded.check("test_one").message
    second = graded.check("test_two")
    assert second.outcome is Outcome.PASSED, second.message
    assert second.evidence[0].response.stdout == "", "what an earlier check printed is not shown"


@pytest.mark.needs_isolated_tier
async def test_process_whose_first_thread_has_ended_does_not_reach_the_next_check(grade):
    hider = (
        "import ctypes, threading, time;"
        "threading.Thread(target=time.sleep, args=(60,)).start();"
        "ctypes.CDLL(None).pthread_exit(None)"
    )
    graded = await grade(
        two_checks("solution.call('hide')", "assert solution.call('list_hidden') == []"),
        f"""
        import os, subprocess, time

        def hide():
            subprocess.Popen(["python", "-c", {hider!r}])
            deadline = time.monotonic() + 4
            while "Z" not in list_hidden():
                assert time.monotonic() < deadline
                time.sleep(0.01)

        def list_hidden():
            states = []
            for pid in filter(str.isdigit, os.listdir("/proc")):
                fields = open("/proc/" + pid + "/stat").read().rpartition(")")[2].split()
                if int(fields[17]) > 1:
                    states.append(fields[0])
            return states
        """,
        limits=PATIENT,
    )

    assert graded.report.verdict is Verdict.PASSED, [each.message for each in graded.report.checks]


async def test_fork_waits_for_its_own_children_and_has_chances_of_its_own(grade):
    graded = await grade(
        two_checks("assert solution.call('run') == 3", "solution.call('draw')")
        + """
    @check(task="t", objectives=["o"])
    def test_three(solution):
        solution.call("draw")
        """,
        """
        import random, subprocess

        def run():
            return subprocess.run(["python", "-c", "exit(3)"]).returncode

        def draw():
            return random.random()
        """,
    )

    assert graded.report.verdict is Verdict.PASSED, [each.message for each in graded.report.checks]
    _, second, third = values(graded)
    assert second != third


BRACE = "function two() {\n  return 2;\n}}\n"
IMPORTS_PARTS = """
import { one } from "./parts/one.mjs";
export const f = () => one;
"""
UNPARSED = {
    "entry": ({"main.mjs": "\nexport const f = () => 1;\n" + BRACE}, "main.mjs", 5),
    "imported": (
        {
            "main.mjs": IMPORTS_PARTS,
            "broken.mjs": BRACE,  # nothing imports it
            "parts/one.mjs": "import './two.mjs';\nexport const one = 1;\n",
            "parts/two.mjs": BRACE,
        },
        "parts/two.mjs",
        3,
    ),
    "imported-later": (
        {"main.mjs": "await import('./late.mjs');\n", "late.mjs": "export " + BRACE},
        "late.mjs",
        3,
    ),
}


@pytest.mark.parametrize("case", UNPARSED)
async def test_syntax_error_in_javascript_is_told_with_file_and_line(grade, case):
    files, file, line = UNPARSED[case]
    graded = await grade(two_checks("solution.call('f')"), files, stack="node", limits=PATIENT)

    assert graded.report.verdict is Verdict.CRASHED
    for check in graded.report.checks:
        assert check.message == (
            "Your module `main.mjs` could not be imported: "
            f"SyntaxError: Unexpected token '}}' ({file}, line {line})"
        )
        assert f"/work/{file}:{line}\n}}}}\n ^\n\nSyntaxError: Unexpected" in check.detail
        assert "node:internal" not in check.detail


async def test_syntax_error_that_a_module_raises_itself_keeps_its_own_place(grade):
    raises = "export const f = 1;\nJSON.parse('}');\n"
    graded = await grade(two_checks("solution.call('f')"), raises, stack="node", limits=PATIENT)

    first, _ = graded.report.checks
    assert first.message.endswith("is not valid JSON")
    assert "/work/main.mjs:2:6" in first.detail


@pytest.mark.parametrize(
    ("file", "code", "says"),
    [
        ("main.mjs", "function judgeDisk() {}", "`judgeDisk` is there, but not exported: put `e"),
        ("main.mjs", "async function judgeDisk() {}", "`judgeDisk` is there, but not exported: p"),
        ("main.mjs", "const judge_disk = () => 1", "`judge_disk` is there, but not exported: put"),
        (
            "main.js",
            "class judgeDisk {}\nrequire('fs');",
            "not exported: add it to `module.exports`",
        ),
        ("main.cjs", "let judgeDisk = 1;", "not exported: add it to `module.exports`"),
        ("main.mjs", "export let judgeDisk;", ""),
        ("main.mjs", "let judgeDisk;\nexport { judgeDisk };", ""),
        ("main.mjs", "function judgeDisks() {\n  function judgeDisk() {}\n}", ""),
        ("main.mjs", "// function judgeDisk() {}", ""),
    ],
)
async def test_javascript_name_that_is_not_exported_is_told_as_such(grade, file, code, says):
    graded = await grade(
        two_checks("solution.call('judge_disk')"),
        {file: code + "\n"},
        stack="node",
        entry=Entry(module=file),
        limits=PATIENT,
    )

    assert graded.report.verdict is Verdict.FAILED
    for check in graded.report.checks:
        said = check.message.removeprefix(f"{file} has no `judgeDisk`")
        assert says in said
        assert said.startswith(" (") is bool(says)
        assert said.endswith(", which the brief asks for.")
