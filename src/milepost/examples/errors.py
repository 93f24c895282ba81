"""What can go wrong with asking for a run of an example, each with what to do next.

Another learner's run is not found rather than forbidden.
"""

from collections.abc import Iterable
from uuid import UUID

from milepost.core.errors import InvalidError, NotFoundError, TooLargeError, TooOftenError


class ExampleRunNotFound(NotFoundError):
    """The run does not exist (any more), or is another learner's."""

    code = "example_run_not_found"

    def __init__(self, run_id: UUID) -> None:
        super().__init__(
            "There is no such run. What an example printed is kept for ten minutes; run it again.",
            run=str(run_id),
        )


class ExampleNotRunnable(InvalidError):
    """Examples in this language are only shown."""

    code = "example_not_runnable"

    def __init__(self, language: str, runnable: Iterable[str]) -> None:
        names = sorted(runnable)
        super().__init__(
            f"Examples in {language!a} can't be run here. Those in {', '.join(names)} can.",
            language=language,
            runnable=names,
        )


class ExampleNotAccepted(InvalidError):
    """The code can't be laid out as a text file."""

    code = "example_not_accepted"

    def __init__(self, problem: str) -> None:
        super().__init__(f"Nothing was run. {problem}")


class ExampleTooLarge(TooLargeError):
    """The code is longer than an example may be."""

    code = "example_too_large"

    def __init__(self, size: int, limit: int) -> None:
        super().__init__(
            f"Nothing was run: the code has {size:,} bytes, and {limit:,} are the most for an "
            "example. Shorten it, or run it on your own machine.",
            limit=limit,
        )


class LabHasNoDatabase(InvalidError):
    """Statements were to be tried in a lab that has no database."""

    code = "lab_has_no_database"

    def __init__(self, lab: str, others: Iterable[str]) -> None:
        names = [*others]
        super().__init__(
            f"{lab} has no database. Labs that have one: {', '.join(names) or 'none yet'}.",
            lab=lab,
            labs=names,
        )


class ExampleRunsWaiting(TooOftenError):
    """As many runs of this learner wait or run as may at once."""

    code = "example_runs_waiting"

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"{limit} examples of yours wait or run already, so nothing was started. Wait until "
            "one of them has ended.",
            limit=limit,
            retry_after_seconds=5,
        )
