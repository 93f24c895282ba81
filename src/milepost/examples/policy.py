"""The rules of running examples: what is accepted, how much at once, and how long it is kept.

Why these numbers, is ADR 43.
"""

from datetime import timedelta

from milepost.core.attempts import Allowance
from milepost.examples.errors import (
    ExampleNotAccepted,
    ExampleNotRunnable,
    ExampleRunsWaiting,
    ExampleTooLarge,
)
from milepost.examples.languages import RunnableLanguage, find_runnable, list_runnable
from milepost.submissions.errors import FileNotAccepted
from milepost.submissions.policy import require_acceptable

LARGEST_BYTES = 64 * 1024  # with all that runs before it
MOST_AT_ONCE = 3
LIFETIME = timedelta(minutes=10)
RUNS = Allowance("example_run", 120, timedelta(minutes=10))
MOST_ATTEMPTS = 3  # that a worker begins a run, should workers die over it


def require_runnable(name: str, code: str, before: str) -> RunnableLanguage:
    """Return how an example is run, or raise for what can't be."""
    language = find_runnable(name)
    if language is None:
        raise ExampleNotRunnable(name, [each.name for each in list_runnable()])
    texts = [text.encode("utf-8", "surrogatepass") for text in (code, before)]
    size = sum(map(len, texts))
    if size > LARGEST_BYTES:
        raise ExampleTooLarge(size, LARGEST_BYTES)
    if not code.strip():
        raise ExampleNotAccepted("There is no code in it. Write some, or reset the example.")
    if before and not language.follows_on:
        raise ExampleNotAccepted(f"Examples in {name} run by themselves. Send nothing in `before`.")
    for text in texts:
        try:
            require_acceptable({language.file: text}, otherwise="")
        except FileNotAccepted as fault:
            raise ExampleNotAccepted(fault.message) from fault
    return language


def require_one_more(unfinished: int) -> None:
    """Raise unless another run may begin beside those that have not ended."""
    if unfinished >= MOST_AT_ONCE:
        raise ExampleRunsWaiting(MOST_AT_ONCE)
