"""Checks and verdicts as lines of a terminal, for `check` and `submit` alike.

First the sentence a mentor would say, then expected and got, then how to repeat it. Checks of the
engine and of the client are both shown; what evidence the client got is read into its kinds.
"""

from collections.abc import Collection, Sequence
from difflib import unified_diff
from itertools import zip_longest
from typing import TypeAlias

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from milepost.cli.output.console import plain, say, sign, style
from milepost.cli.output.problems import ExitCode
from milepost.client import Build, Check
from milepost.engine import BuildReport, CheckResult, Evidence
from milepost.engine.evidence.program import RanProgram
from milepost.engine.evidence.stored import evidence_from_json
from milepost.engine.marks import drop_emphasis
from milepost.engine.steps import list_steps
from milepost.engine.visible import write_out_both

_WORDS = {
    "timed_out": "timed out",
    "not_run": "not run",
    "broken": "at fault",
    "lab_broken": "The lab is at fault",
    "engine_failed": "Milepost is at fault",
}
_MOST_LINES = 16
_MOST_PRINTED = 8
_LONGEST_LINE = 400
_SECOND = 1.0


ShownCheck: TypeAlias = CheckResult | Check
ShownBuild: TypeAlias = BuildReport | Build


def exit_code(verdict: str | None) -> ExitCode:
    """Return how a command ends that ends with this verdict."""
    if verdict == "passed":
        return ExitCode.PASSED
    ours = verdict in {None, "lab_broken", "engine_failed"}
    return ExitCode.OURS if ours else ExitCode.FAILED


def print_check(console: Console, check: ShownCheck, *, is_quiet: bool = False) -> None:
    """Print one finished check: sign, word, sentence, time; a quiet one without colour."""
    title = Text(plain(check.title), style="dim" if is_quiet else "")
    if check.hidden:
        title.append(" (hidden)", style="dim")
    colour = "dim" if is_quiet else style(check.outcome)
    word = Text(_WORDS.get(check.outcome, check.outcome), style=colour)
    # How long a hidden check took is told to nobody.
    took = Text("" if check.hidden else say_seconds(check.duration_seconds), style="dim")
    mark = Text(sign(console, check.outcome).plain, style=colour)
    console.print(check_line(mark, word, title, took))


def check_line(
    mark: RenderableType, word: RenderableType, title: RenderableType, took: RenderableType
) -> RenderableType:
    """Return the line of one check: a sign, a word, a sentence, a time, each in its column."""
    line = Table.grid(padding=(0, 1), expand=True)
    line.add_column(width=1)
    line.add_column(width=9)
    line.add_column(ratio=1)
    line.add_column(justify="right", no_wrap=True, min_width=7)
    line.add_row(mark, word, title, took)
    return line


def print_failures(
    console: Console,
    checks: Sequence[ShownCheck],
    *,
    every: bool = False,
    rest: str = "",
    later: Collection[str] = (),
) -> None:
    """Print what is known of the first check that did not pass, or of every one.

    `rest` says where the others are explained, of which it is said how many there are. The checks
    of the tasks in `later` can wait, so they come last.
    """
    failed = [check for check in checks if check.outcome not in {"passed", "not_run"}]
    failed.sort(key=lambda check: check.task in later)
    near = [check for check in failed if check.task not in later] or failed
    candidates = failed if every else near
    visible = [check for check in candidates if not check.hidden] or failed[:1]
    shown = visible if every else visible[:1]
    for check in shown:
        _print_failure(console, check)
    others = [check for check in failed if check not in shown]
    if others and (rest or every):
        console.print()
        say(console, f"{_count_others(others)} {rest}".rstrip())


def _count_others(others: Sequence[ShownCheck]) -> str:
    """Count the failed checks that are not shown, and name those that no reader can look into."""
    hidden = sum(check.hidden for check in others)
    if hidden == len(others):
        return f"{hidden} hidden {'check' if hidden == 1 else 'checks'} did not pass either."
    among = f", {hidden} of them hidden" if hidden else ""
    return f"{len(others)} more did not pass{among}."


def _print_failure(console: Console, check: ShownCheck) -> None:
    console.print()
    heading = Text.assemble(sign(console, check.outcome), " ", (plain(check.title), "bold"))
    console.print(heading)
    if check.hidden:
        sentence = "This check is hidden: only its title is told. The brief says what it asks for."
        console.print(Padding(Text(sentence), (0, 0, 0, 2)))
        return
    console.print(Padding(explain_check(check), (0, 0, 0, 2)))


def print_build(console: Console, build: ShownBuild | None) -> None:
    """Print what a compiler said of code that it refused; nothing of a build that went well."""
    if build is not None and not build.passed:
        console.print()
        console.print("The compiler refused it, so no check was run:")
        console.print(Padding(Text(_cut(plain(build.output))), (0, 0, 0, 2)))


def print_verdict(
    console: Console, verdict: str | None, message: str, checks: Sequence[ShownCheck]
) -> None:
    """Print the verdict as a sentence."""
    passed = sum(check.outcome == "passed" for check in checks)
    total = len(checks)
    if verdict == "passed":
        words, rest = "Passed", f": all {total} checks." if total > 1 else "."
    elif verdict == "failed":
        words, rest = "Failed", f": {passed} of {total} checks passed."
    else:
        words = say_verdict(verdict or "No verdict").capitalize()
        rest = f": {plain(message)}" if message else "."
    not_run = sum(check.outcome == "not_run" for check in checks)
    if not_run:
        rest += f" {not_run} of {total} checks were not run."
    console.print()
    first = verdict or "not_run"
    console.print(Text.assemble(sign(console, first), " ", (words, f"bold {style(first)}"), rest))
    if verdict in {"lab_broken", "engine_failed"}:
        console.print("  It costs you nothing: your work is kept, and no attempt is counted.")


def say_verdict(verdict: str) -> str:
    """Name a verdict, or the outcome of a check."""
    return _WORDS.get(verdict, verdict)


def print_misconception(console: Console, title: str, text: str) -> None:
    """Print what somebody may have in mind whose work fails just like this."""
    console.print()
    lead = ". Work that fails just like this often has this in mind:"
    console.print(Text.assemble((drop_emphasis(plain(title)), "bold"), lead))
    console.print(Padding(Text(drop_emphasis(plain(text)).strip()), (0, 0, 0, 2)))


def say_seconds(seconds: float) -> str:
    """Say a duration as a person would."""
    return f"{seconds * 1000:.0f} ms" if seconds < _SECOND else f"{seconds:.1f} s"


def explain_check(check: ShownCheck, *, with_evidence: bool = True) -> RenderableType:
    """Say why a check ended as it did, and how that came."""
    parts: list[RenderableType] = []
    if check.message:
        parts += [Text(_cut(drop_emphasis(check.message))), Text()]
    if check.expected is not None or check.got is not None:
        parts.append(_comparison(check.expected or "", check.got or ""))
    elif check.detail:
        parts.append(Text(_cut(check.detail), style="dim" if check.message else ""))
    if check.evidence and with_evidence:
        parts.append(_how_it_came(_read_evidence(check)))
    return Group(*parts)


def _comparison(expected: str, got: str) -> RenderableType:
    expected, got = write_out_both(expected, got)
    if "\n" in expected or "\n" in got:
        return _line_by_line(expected, got)
    rows = _labelled()
    place = _first_difference(expected, got)
    is_long = max(len(expected), len(got)) > _LONGEST_LINE
    start = max(0, place - _LONGEST_LINE // 4) if is_long else 0
    before = "… " if start else ""
    for name, text in (("expected", expected), ("got", got)):
        rows.add_row(Text(name, style="dim"), Text(before + _cut(text[start:])))
    rows.add_row("", Text(f"{' ' * (len(before) + place - start)}^", style="red"))
    return rows


def _line_by_line(expected: str, got: str) -> RenderableType:
    difference = unified_diff(expected.splitlines(), got.splitlines(), lineterm="", n=1)
    lines = ["  …" if line.startswith("@@") else line for line in list(difference)[3:]]
    shown = Text.assemble(("- expected", "green"), "   ", ("+ got", "red"), "\n")
    for line in lines[:_MOST_LINES]:
        colour = {"-": "green", "+": "red"}.get(line[:1], "dim")
        # A mark that stood at the value itself would be taken for its sign.
        shown.append(f"{line[:1]} {line[1:_LONGEST_LINE]}\n", style=colour)
    if len(lines) > _MOST_LINES:
        shown.append(f"… and {len(lines) - _MOST_LINES} more lines\n", style="dim")
    return shown


def _how_it_came(evidence: Sequence[Evidence]) -> RenderableType:
    """Show the last thing that the check did, and the last that a program or service printed."""
    rows = _labelled()
    done = list_steps(evidence)
    if done:
        rows.add_row(Text(done[-1].kind, style="dim"), Text(_cut(done[-1].describe())))
    repeat = (done or evidence)[-1].repeat
    if repeat:
        rows.add_row(Text("repeat", style="dim"), Text(_cut(repeat)))
    if printed := _list_printed(evidence, done)[-_MOST_PRINTED:]:
        rows.add_row(Text("printed", style="dim"), Text(_cut("\n".join(printed)), style="dim"))
    return rows


def _list_printed(evidence: Sequence[Evidence], done: Sequence[Evidence]) -> Sequence[str]:
    """List what a service or a call printed, or what the last program wrote to standard error."""
    if printed := [piece.printed_lines for piece in evidence if piece.printed_lines]:
        return printed[-1]
    if done and isinstance(done[-1], RanProgram):
        return done[-1].response.stderr.splitlines()
    return []


def _read_evidence(check: ShownCheck) -> Sequence[Evidence]:
    if isinstance(check, CheckResult):
        return check.evidence
    return [evidence_from_json(piece.model_dump()) for piece in check.evidence]


def _labelled() -> Table:
    rows = Table.grid(padding=(0, 1))
    rows.add_column(width=9)
    rows.add_column(overflow="fold")
    return rows


def _first_difference(expected: str, got: str) -> int:
    pairs = enumerate(zip_longest(expected, got))
    return next((place for place, (one, other) in pairs if one != other), 0)


def _cut(text: str) -> str:
    lines = plain(text).splitlines()
    shown = [_elide(line) for line in lines]
    if len(lines) > _MOST_LINES:
        half = _MOST_LINES // 2
        left_out = f"… {len(lines) - 2 * half} lines are left out …"
        shown = [*shown[:half], left_out, *shown[-half:]]
    return "\n".join(shown)


def _elide(line: str) -> str:
    """Leave out the middle of a long line: what went wrong is often at its end."""
    half = _LONGEST_LINE // 2
    return line if len(line) <= _LONGEST_LINE else f"{line[:half]} … {line[-half:]}"
