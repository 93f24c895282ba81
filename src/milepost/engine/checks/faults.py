"""What can go wrong with learner code while a check uses it, as errors with an outcome.

A check may expect one (`pytest.raises(SolutionRaised)`). One that it does not expect ends the
check with the outcome and the sentence written here; any other error means a broken check.
"""

from typing import ClassVar

from milepost.engine.results import Outcome

_NO_SUCH_NAME = {"NameError", "ReferenceError"}  # in Python, in JavaScript


class GuestFault(Exception):
    """Learner code did not do what a check asked of it."""

    outcome: ClassVar[Outcome] = Outcome.FAILED
    # Code that never ran can show no misconception, whichever checks it fails.
    has_run = True

    def __init__(self, message: str, *, limit: str | None = None, detail: str = "") -> None:
        super().__init__(message)
        self.limit = limit
        self.detail = detail


class OutputNotJson(GuestFault):
    """The check reads the program's output as JSON, and it is not."""


class SolutionRaised(GuestFault):
    """Learner code raised an error. `type` and `message` are what it raised.

    A name that is not defined is a slip of the pen, and shows no misconception either.
    """

    def __init__(self, sentence: str, *, type: str, message: str, traceback: str) -> None:  # noqa: A002 - the word authors expect
        super().__init__(sentence, detail=traceback)
        self.type = type
        self.message = message
        self.has_run = not (type in _NO_SUCH_NAME and message.endswith("is not defined"))


class ValueNotCarried(GuestFault):
    """A value of learner code is beyond what can travel to a check, or back to learner code."""


class NotProvided(GuestFault):
    """Learner code lacks a function, class, method or attribute that the brief asks for."""

    has_run = False


class SolutionNotImported(GuestFault):
    """The learner's module cannot be imported at all."""

    outcome = Outcome.CRASHED
    has_run = False


class ProgramTimedOut(GuestFault):
    """The program was still running when its time was up, and was stopped."""

    outcome = Outcome.TIMED_OUT


class SolutionTimedOut(GuestFault):
    """A call had not answered when its time was up, and was stopped."""

    outcome = Outcome.TIMED_OUT


class AnswerNotJson(GuestFault):
    """The check reads an answer of the service as JSON, and it is not."""


class Missing(GuestFault, KeyError):
    """The check looks up what is not there. It is a KeyError too, as any look-up raises."""

    def __str__(self) -> str:
        """Return the sentence; a KeyError's own would be in quotes."""
        return str(self.args[0])


class HeaderMissing(Missing):
    """The check looks up a header that an answer, or a call of learner code, lacks."""


class ParameterMissing(Missing):
    """The check looks up a parameter that the query of a call lacks."""


class NotSendable(GuestFault):
    """The check was to send a value, mostly one that the service gave, which HTTP can't carry."""


class FileNotThere(GuestFault):
    """The check was to take a file or folder away that the learner's answer does not have."""


class ServiceNotReached(GuestFault):
    """Nothing listens where the learner's service should, or it accepts no connection."""


class AnswerNotHttp(GuestFault):
    """What the service sent is no whole HTTP response."""


class ServiceEnded(GuestFault):
    """The learner's service ended by itself while the check needed it.

    `exit_code` is negative where a signal ended it; `printed` is all that it had printed.
    """

    outcome = Outcome.CRASHED

    def __init__(self, message: str, *, exit_code: int, printed: str, detail: str = "") -> None:
        super().__init__(message, detail=detail)
        self.exit_code = exit_code
        self.printed = printed


class ServiceTimedOut(GuestFault):
    """The service had not finished its answer when its time was up."""

    outcome = Outcome.TIMED_OUT


class QueryTimedOut(GuestFault):
    """A statement was still running when its time was up, and its session was ended."""

    outcome = Outcome.TIMED_OUT


class UpstreamNotCalled(GuestFault):
    """Learner code did not call the upstream as often as the check needed it to."""


class RedisTimedOut(GuestFault):
    """Redis had not answered the check in time, because learner code keeps it busy."""

    outcome = Outcome.TIMED_OUT


class RedisRefused(GuestFault):
    """Redis refused what the check asked of it, or its answer was too large to be read."""


class KeyMissing(Missing):
    """The check looks at a key that Redis does not hold."""


class DatabaseUnusable(GuestFault):
    """After learner code had its turn, the check could not use the database any more."""


class PortTaken(GuestFault):
    """Learner code listens on a port that leads to a service of the lab."""


class LimitReached(GuestFault):
    """Learner code used more than it may, and was stopped. `limit` names the limit."""

    outcome = Outcome.CRASHED


class GuestDied(GuestFault):
    """The sandbox ended while the check used it."""

    outcome = Outcome.CRASHED


class GuestTimedOut(GuestFault):
    """The time of the whole run was up while the check used the sandbox."""

    outcome = Outcome.TIMED_OUT


class GuestRefused(GuestFault):
    """The run is already over, so there is no sandbox for this check any more."""

    outcome = Outcome.NOT_RUN
