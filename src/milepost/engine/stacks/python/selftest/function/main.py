"""Functions and a class that checks use; see `contracts/function`.

Part of the self-test of the stack: it runs in a sandbox, as learner code does.
"""

import sys
import time
from typing import Any, NoReturn

STEP = 1
calls: list[int] = []


class Counter:
    """Counts up from a number."""

    def __init__(self, total: int) -> None:
        self.total = total

    def count_up(self) -> None:
        """Add one step."""
        self.total += STEP


def add(left: int, right: int) -> int:
    return left + right


def give_back(value: Any) -> Any:
    return value


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def fail() -> NoReturn:
    raise ValueError("broken on purpose")


def wait_for_ever() -> NoReturn:
    while True:
        time.sleep(1)


def count_calls() -> int:
    calls.append(STEP)
    return len(calls)
