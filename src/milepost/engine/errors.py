"""Faults that the callers of the engine must know.

Verdicts are results, not exceptions, and live in `results`.
"""


class IsolationUnavailable(RuntimeError):
    """Code cannot be isolated on this machine, so nothing is run."""

    def __init__(self, reason: str, fix: str) -> None:
        super().__init__(f"Nothing was run, because code cannot be isolated here: {reason} {fix}")
        self.reason = reason
        self.fix = fix


class StackUnavailable(RuntimeError):
    """The stack that a run asks for is unknown or not installed."""

    def __init__(self, stack: str, reason: str, fix: str) -> None:
        super().__init__(f"The stack {stack} cannot run here: {reason} {fix}")
        self.stack = stack
        self.reason = reason
        self.fix = fix


class EngineFault(RuntimeError):
    """Milepost itself failed. The learner is not to blame and loses nothing."""


class LabNotLoaded(RuntimeError):
    """A lab's checks can't be loaded: its author's fault, never a learner's."""
