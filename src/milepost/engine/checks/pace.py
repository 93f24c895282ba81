"""How long the checks of one run may wait, after some of them have waited for nothing.

Code that never ends would hold a slot for the whole limit in every check. After the first check
that ends so the others have less time, and a second one ends the run: the rest are not run.
"""

from dataclasses import replace

from milepost.engine.checks.faults import GuestFault
from milepost.engine.protocol.settings import Settings
from milepost.engine.results import Outcome

HURRIED = "It had less time than usual, because a check before it had run out of time already."
OVER = (
    "It was not run, because two checks before it had run out of time. Look first at why those"
    " do not end."
)
_SHARE = 5  # of the limit that is left to a hurried check
_LEAST_SECONDS = 1.0


class Pace:
    """The time that the next check of a run has."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._timed_out = 0

    @property
    def is_hurried(self) -> bool:
        """Whether the next check has less time than the lab's limit."""
        return self._timed_out > 0

    @property
    def is_over(self) -> bool:
        """Whether no further check is to be run."""
        return self._timed_out > 1

    def next_settings(self) -> Settings:
        """Return the settings of the next check."""
        limits = self._settings.limits
        if not self.is_hurried:
            return self._settings
        least = min(limits.run_seconds, _LEAST_SECONDS)
        seconds = max(limits.run_seconds / _SHARE, least)
        return replace(self._settings, limits=replace(limits, run_seconds=seconds))

    def note(self, error: BaseException | None, seconds: float) -> bool:
        """Note how a check ended after so many seconds; return whether it ran out of time.

        A check that names a shorter time itself is about that time, and one that expects to wait
        ends with no error. Where answers are spoiled, every check has its turn.
        """
        allowed = self.next_settings().limits.run_seconds
        has_waited = (
            isinstance(error, GuestFault)
            and error.outcome is Outcome.TIMED_OUT
            and error.limit == "run_seconds"
            and seconds >= allowed
        )
        self._timed_out += has_waited and self._settings.spoil is None
        return has_waited
