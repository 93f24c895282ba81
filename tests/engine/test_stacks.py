"""Stacks with libraries: installed once, whole or not at all, and all that a learner can import."""

import dataclasses
import json

import pytest

from milepost.engine import Engine, StackUnavailable, Verdict, install_stack, list_stacks
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
    assert finished.report.verdict is Verdict.ENGINE_FAILED
    assert "milepost stacks install fastapi" in finished.report.message


def test_a_stack_that_is_not_installed_says_what_fixes_it(tmp_path):
    missing = {each.name: each.fix for each in list_stacks(tmp_path) if not each.ready}

    assert missing.keys() == {"django", "express", "fastapi"}
    assert "milepost stacks install express" in missing["express"]


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
