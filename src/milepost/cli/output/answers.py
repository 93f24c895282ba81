"""The answers to a lab in a terminal: what differs from one's own, and the known mistakes.

Everything shown came from a server. Invariant: no control character of it reaches the terminal.
"""

from collections.abc import Mapping
from difflib import unified_diff

from rich.console import Console
from rich.text import Text

from milepost.cli.output.console import plain, say
from milepost.cli.output.words import name_any, name_stack
from milepost.client import Answers, Mistake

_COLOURS = {"+": "green", "-": "red", "@": "dim"}


def print_answers(console: Console, found: Answers) -> None:
    """Print the model answers, then the mistakes, each with the lines that it changes."""
    for answer in found.solutions:
        console.print(Text(f"Model answer {answer.name}", style="bold"))
        if found.own is None:
            say(console, f"You have not passed in {name_stack(found.stack)}, so it stands alone.")
        elif found.own == answer.files:
            console.print("Yours is the same, to the letter.")
        _print_difference(console, found.own or {}, answer.files, ("yours", "model"))
        console.print()
    if found.mistakes:
        console.print(Text("What people get wrong here", style="bold"))
    for number, mistake in enumerate(found.mistakes, start=1):
        console.print()
        _print_mistake(console, number, mistake, found.stack)
    console.print()
    others = [name for name in found.stacks if name != found.stack]
    if others:
        say(console, f"There are answers in {name_any(others)} too: add `--stack {others[0]}`.")
    say(console, "What passed can be improved and handed in again: `milepost submit`.")


def _print_mistake(console: Console, number: int, mistake: Mistake, stack: str) -> None:
    elsewhere = "" if mistake.stack == stack else f" (in {name_stack(mistake.stack)})"
    console.print(Text(f"{number}. {plain(mistake.title)}{elsewhere}", style="bold"))
    say(console, mistake.text)
    console.print(Text(_say_seen(mistake), style="dim"))
    _print_difference(console, mistake.after, mistake.before, ("mistaken", "right"))


def _say_seen(mistake: Mistake) -> str:
    count = mistake.hidden_check_count
    hidden = [] if not count else ["a hidden check" if count == 1 else f"{count} hidden checks"]
    return f"Seen by: {', '.join([*mistake.checks, *hidden])}"


def _print_difference(
    console: Console, old: Mapping[str, str], new: Mapping[str, str], names: tuple[str, str]
) -> None:
    for path in sorted(old.keys() | new.keys()):
        lines = unified_diff(
            plain(old.get(path, "")).splitlines(),
            plain(new.get(path, "")).splitlines(),
            f"{names[0]}/{plain(path)}",
            f"{names[1]}/{plain(path)}",
            lineterm="",
        )
        for line in lines:
            console.print(Text(line, style=_COLOURS.get(line[:1], "")), soft_wrap=True)
