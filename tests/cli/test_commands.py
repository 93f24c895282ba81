"""The command line as a whole: every command loads, and wrong use ends in words, not tracebacks."""

import pytest
from typer.testing import CliRunner

from harness.installation import run_milepost
from milepost.cli import COMMANDS, compose


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_loads_and_explains_itself(name: str) -> None:
    answer = CliRunner().invoke(compose(name), [name, "--help"])

    assert answer.exit_code == 0, answer.output
    assert "Usage:" in answer.output


def test_help_names_every_command_without_loading_any(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("milepost.cli.import_module", lambda name: pytest.fail(f"loaded {name}"))

    answer = CliRunner().invoke(compose(None), ["--help"])

    assert answer.exit_code == 0
    for name, command in COMMANDS.items():
        assert name in answer.output
        assert command.summary.split()[0] in answer.output


def test_an_unknown_command_is_used_wrongly() -> None:
    assert run_milepost("fly").returncode == 2


def test_a_setting_that_makes_no_sense_is_named() -> None:
    answer = run_milepost("doctor", MILEPOST_PORT="eighty")

    assert answer.returncode == 2
    assert "MILEPOST_PORT" in answer.stderr
    assert "Traceback" not in answer.stderr


@pytest.mark.parametrize("name", ["web", "worker"])
def test_what_needs_a_database_says_so(name: str) -> None:
    answer = run_milepost(name)

    assert answer.returncode == 2
    assert "MILEPOST_DATABASE_URL" in answer.stderr


def test_a_mistake_of_ours_is_a_sentence_and_an_exit_code(capsys) -> None:
    from milepost.cli.output.problems import explained

    with pytest.raises(SystemExit) as end, explained():
        raise LookupError("lost")

    assert end.value.code == 3
    assert "MILEPOST_DEBUG=1" in capsys.readouterr().err


def test_an_interruption_is_no_mistake(capsys) -> None:
    from milepost.cli.output.problems import explained

    with pytest.raises(SystemExit) as end, explained():
        raise KeyboardInterrupt

    assert end.value.code == 130
    assert capsys.readouterr().err == ""
