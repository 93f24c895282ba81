"""What every stack's program has to do, whatever its language.

The program prints the file that it is told to, and then what is on its standard input. Without a
file it waits for ever; where there is no such file, it says so on standard error and ends with 3.
"""

import pytest

from milepost.engine.checks import Program, ProgramTimedOut, check

BOTH = "a lamp\nCafé at 3\n"


@check(task="program", objectives=["program"])
def test_prints_what_it_is_given(program: Program) -> None:
    run = program.run("given.txt", stdin="Café at 3\n", files={"given.txt": "a lamp\n"})

    assert (run.exit_code, run.stdout, run.stderr) == (0, BOTH, "")


@check(task="program", objectives=["program"])
def test_ends_with_its_own_exit_code(program: Program) -> None:
    run = program.run("missing.txt")

    assert (run.exit_code, run.stdout) == (3, "")
    assert "there is no missing.txt" in run.stderr


@check(task="program", objectives=["program"])
def test_is_stopped_when_its_time_is_up(program: Program) -> None:
    with pytest.raises(ProgramTimedOut):
        program.run(seconds=2)


@check(task="program", objectives=["program"])
def test_finds_no_file_of_another_check(program: Program) -> None:
    assert program.run("given.txt").exit_code == 3  # noqa: PLR2004 - written by the first check
