"""What a terminal says of a grading that waits: its place, how long, and why nothing moves.

Only words; asking the server and drawing them is done elsewhere. Invariant: nothing is promised
that the server did not tell.
"""

from datetime import UTC, datetime

from milepost.client import Interruption, QueuePlace

NO_WORKER = (
    "No grading worker is running on the server, so this waits. Whoever runs the server starts "
    "one with `milepost worker`, or all of it with `milepost up`."
)  # what older servers mean, which do not say why
DOUBTED = (
    "A check could not read what your code gave it. The server runs the lab's own solution to find "
    "out whether the check or the answer is at fault. You lose nothing meanwhile."
)
_MINUTE = 60
_TEENS = range(11, 14)


def say_place(place: QueuePlace) -> str:
    """Say where a grading stands: "3rd in the queue, about 4 s"."""
    if place.grading_slots == 0:
        return "Waiting for a worker that can grade this"
    if place.queue_position is None or place.expected_wait_seconds == 0:
        return "A worker takes it up now"
    where = f"{_ordinal(place.queue_position)} in the queue"
    if place.expected_wait_seconds is None:
        return where
    return f"{where}, {_about(place.expected_wait_seconds)}"


def say_interruption(interruption: Interruption) -> str:
    """Say that a run ended through no fault of the learner's, and what comes next."""
    fault = "This run ended through a fault of Milepost's own. No attempt is used"
    if interruption.retry_at is None:
        return f"{fault}; it is tried again."
    seconds = (interruption.retry_at - datetime.now(UTC)).total_seconds()
    return f"{fault}; it is tried again in {_about(max(seconds, 1))}."


def _about(seconds: float) -> str:
    if seconds < 1:
        return "less than a second"
    if seconds < 2 * _MINUTE:
        return f"about {seconds:.0f} s"
    return f"about {seconds / _MINUTE:.0f} min"


def _ordinal(number: int) -> str:
    endings = {1: "st", 2: "nd", 3: "rd"}
    ending = "th" if number % 100 in _TEENS else endings.get(number % 10, "th")
    return f"{number:,}{ending}"
