"""What goes on below the lines of the checks that have ended: which one runs, and how long.

Shown only where a person looks on: pipes and dumb terminals get the finished lines alone.
Invariant: nothing of it stays on the screen when the checks are over.
"""

import time
from collections.abc import Sequence
from typing import Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

from milepost.cli.output.checks import ShownCheck, check_line, print_check
from milepost.cli.output.console import is_unicode, plain
from milepost.cli.output.stages import StageLines

_PER_SECOND = 10


class LiveChecks:
    """Prints each check as it ends and, until then, what is waited for. A context manager."""

    def __init__(
        self, console: Console, state: str, *, tasks: Sequence[tuple[str, str]] = ()
    ) -> None:
        """`tasks` are the slugs and titles of a lab that is done in stages."""
        self._stages = StageLines(tasks)
        self._console = console
        self.is_watched = console.is_terminal and not console.is_dumb_terminal
        self._spinner = Spinner("dots" if is_unicode(console) else "line")
        self._since = self._state_since = time.monotonic()
        self._state = state
        self._is_check = False
        self._done = 0
        self._total = 0
        self._live = Live(
            get_renderable=self._render,
            console=console,
            transient=True,
            auto_refresh=self.is_watched,
            refresh_per_second=_PER_SECOND,
        )

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def expect(self, total: int) -> None:
        """Say how many checks there will be, all not run yet."""
        self._done, self._total = 0, total
        self._stages.begin()

    def say(self, state: str) -> None:
        """Show what is waited for, when that is no check by name."""
        self._turn_to(state, is_check=False)

    def begin(self, title: str) -> None:
        """Show that a check runs now."""
        self._turn_to(title, is_check=True)

    def finish(self, check: ShownCheck) -> None:
        """Print how a check ended."""
        self._done += 1
        if heading := self._stages.find_heading(check.task):
            self._console.print(Text(plain(heading), style="bold"))
        is_quiet = self._stages.is_quiet(check.task, has_passed=check.outcome == "passed")
        print_check(self._console, check, is_quiet=is_quiet)

    def note(self, sentence: str) -> None:
        """Print a sentence among the checks."""
        self._console.print(sentence)

    def _turn_to(self, state: str, *, is_check: bool) -> None:
        if (state, is_check) != (self._state, self._is_check):
            self._state, self._is_check = state, is_check
            self._state_since = time.monotonic()
        if self.is_watched:
            self._live.refresh()

    def _render(self) -> RenderableType:
        now = time.monotonic()
        word = Text("running" if self._is_check else "", style="dim")
        took = Text(f"{now - self._state_since:.1f} s", style="dim")
        title = Text(plain(self._state), style="" if self._is_check else "dim")
        line = check_line(self._spinner, word, title, took)
        if not self._total:
            return line
        so_far = f"{self._done} of {self._total} checks after {now - self._since:.1f} s"
        below = check_line(Text(), Text(), Text(so_far, style="dim"), Text())
        return Group(line, below)
