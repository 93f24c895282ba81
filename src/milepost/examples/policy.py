"""The rules of running examples: what is accepted, how much at once, and how long it is kept.

Why these numbers, is ADR 43.
"""

from datetime import timedelta

from milepost.core.attempts import Allowance
from milepost.examples.databases import LANGUAGE, describe_console
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
    _require_texts(language.file, code, before)
    if not code.strip():
        raise ExampleNotAccepted("There is no code in it. Write some, or reset the example.")
    if before and not language.follows_on:
        raise ExampleNotAccepted(f"Examples in {name} run by themselves. Send nothing in `before`.")
    return language


def require_statements(
    language: str, stack: str, code: str, before: str, *, shows_plan: bool
) -> RunnableLanguage:
    """Return how statements are run in a lab's database, or raise for what can't be.

    No statement at all shows the tables alone.
    """
    if language != LANGUAGE:
        raise ExampleNotRunnable(language, [LANGUAGE])
    console = describe_console(stack)
    _require_texts(console.file, code, before)
    if before:
        raise ExampleNotAccepted("A lab's database is filled already. Send nothing in `before`.")
    if shows_plan and not code.strip():
        raise ExampleNotAccepted("There is no statement to plan. Write one.")
    return console


def _require_texts(file: str, *parts: str) -> None:
    texts = [text.encode("utf-8", "surrogatepass") for text in parts]
    size = sum(map(len, texts))
    if size > LARGEST_BYTES:
        raise ExampleTooLarge(size, LARGEST_BYTES)
    for text in texts:
        try:
            require_acceptable({file: text}, otherwise="")
        except FileNotAccepted as fault:
            raise ExampleNotAccepted(fault.message) from fault


def require_one_more(unfinished: int) -> None:
    """Raise unless another run may begin beside those that have not ended."""
    if unfinished >= MOST_AT_ONCE:
        raise ExampleRunsWaiting(MOST_AT_ONCE)
