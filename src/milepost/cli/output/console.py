"""Writing to a terminal: colour only where it has it, signs that its encoding can show.

Invariant: nothing that came from a server or a learner's program can steer the terminal. `plain`
takes control characters out of a text, and the console does so to whatever it is given.
"""

import json
import re
from collections.abc import Iterable
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.text import Text

from milepost.cli.output.invocation import NAME, find_call, typeable

WIDEST = 88
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_SIGNS = {
    "passed": ("✓", "+"),
    "failed": ("✗", "x"),
    "timed_out": ("✗", "x"),
    "crashed": ("✗", "x"),
    "broken": ("!", "!"),
    "lab_broken": ("!", "!"),
    "engine_failed": ("!", "!"),
    "not_run": ("·", "-"),
}
_STYLES = {
    "passed": "green",
    "failed": "red",
    "timed_out": "red",
    "crashed": "red",
    "broken": "yellow",
    "lab_broken": "yellow",
    "engine_failed": "yellow",
    "not_run": "dim",
}


class _PlainConsole(Console):
    """A console whose own codes are the only ones that reach the terminal."""

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        for segment in super().render(renderable, options):
            yield segment if segment.is_control else segment._replace(text=plain(segment.text))


def make_console(*, stderr: bool = False) -> Console:
    """Return the console for a command's output. It honours NO_COLOR and dumb terminals."""
    console = _PlainConsole(stderr=stderr, highlight=False, markup=False, emoji=False)
    console.width = min(console.width, WIDEST)
    return console


def say_error(message: str) -> None:
    """Print a sentence to standard error; wrapped between words where a person reads it."""
    say(make_console(stderr=True), message)


def say(console: Console, sentence: str) -> None:
    """Print a sentence whose commands can be typed, and copied: a long one is never broken."""
    text = plain(typeable(sentence))
    is_long = find_call() != NAME and find_call() in text
    console.print(text, soft_wrap=is_long or not console.is_terminal)


def plain(text: str) -> str:
    """Return text without control characters; line breaks and tabs stay."""
    return _CONTROLS.sub("", text.replace("\r\n", "\n"))


def print_json(document: Any) -> None:
    """Print a document for scripts, as plain ASCII JSON."""
    print(json.dumps(document, indent=2))  # noqa: T201  not for eyes, so no console wraps it


def sign(console: Console, outcome: str) -> Text:
    """Return the sign of an outcome or a verdict, in its colour."""
    fancy, simple = _SIGNS.get(outcome, ("·", "-"))
    return Text(fancy if is_unicode(console) else simple, style=style(outcome))


def style(outcome: str) -> str:
    """Return the colour of an outcome or a verdict."""
    return _STYLES.get(outcome, "")


def is_unicode(console: Console) -> bool:
    """Whether the terminal's encoding has signs beyond ASCII."""
    return console.encoding.lower().startswith("utf")
