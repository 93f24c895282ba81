"""A request that is on its way: for checks of what happens when several come at once.

It knows how to ask for its answer and whether there is one; sending and receiving is `service`.
"""

from collections.abc import Callable

from milepost.engine.checks.faults import GuestFault
from milepost.engine.checks.http.connection import Stream
from milepost.engine.checks.http.exchange import Answer


class Pending:
    """A request that was sent and whose answer nobody has read yet."""

    def __init__(self, stream: Stream, receive: Callable[[float | None], Answer]) -> None:
        self._stream = stream
        self._receive = receive
        self._answer: Answer | None = None
        self._fault: GuestFault | None = None

    @property
    def is_answered(self) -> bool:
        """Whether the service has begun to answer, or has hung up."""
        is_over = self._answer is not None or self._fault is not None
        return is_over or self._stream.has_news()

    def answer(self, *, seconds: float | None = None) -> Answer:
        """Wait for the whole response, whatever its status, as `Service.request` does.

        `seconds` (else the lab's limit) count from now. Raises a GuestFault where none comes, and
        the same one again where it is asked for again.
        """
        if self._fault is not None:
            raise self._fault
        if self._answer is None:
            try:
                self._answer = self._receive(seconds)
            except GuestFault as fault:
                self._fault = fault
                raise
        return self._answer
