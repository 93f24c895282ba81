"""Following a grading over server-sent events, through lost connections, to its verdict.

The number of the last event goes along when the stream is taken up again, so none is lost and
none comes twice.
"""

import time
from collections.abc import Iterator
from uuid import UUID

import httpx
from httpx_sse import ServerSentEvent, SSEError, connect_sse
from pydantic import BaseModel, ValidationError

from milepost.client.errors import ApiProblem, NotMilepost, ServerUnreachable, is_passing
from milepost.client.gradings import Check, Doubt, Grading, GradingEvent, Interruption, QueuePlace
from milepost.client.requests import STREAM, reaching, require_success

_PATIENCE_SECONDS = 30.0
_PAUSE_SECONDS = 0.5
_LONG_STREAM_SECONDS = 5.0
# The server says something at least every 15 seconds, if only that it is still there.
_TIMEOUT = httpx.Timeout(10.0, read=40.0)
# What an event carries besides its number: the field that gets it, and its shape.
_CARRIED: dict[str, tuple[str, type[BaseModel]]] = {
    "queued": ("place", QueuePlace),
    "check": ("check", Check),
    "doubted": ("doubt", Doubt),
    "interrupted": ("interruption", Interruption),
    "verdict": ("grading", Grading),
}


class GradingFollower:
    """One reader of one grading. It gives up after half a minute without any answer."""

    def __init__(self, http: httpx.Client, url: str, grading_id: UUID) -> None:
        self._http = http
        self._url = url
        self._grading_id = grading_id
        self._last_id: str | None = None
        self._has_verdict = False
        self._opened_at: float | None = None
        self._give_up_at = 0.0

    def events(self) -> Iterator[GradingEvent]:
        """Yield every event until the verdict, taking the stream up again where it broke."""
        self._be_patient()
        while True:
            fault: Exception = ServerUnreachable(self._url, "it keeps hanging up")
            try:
                yield from self._read_once()
            except (ServerUnreachable, ApiProblem) as error:
                if not is_passing(error):
                    raise
                fault = error
            if self._has_verdict:
                return
            self._forgive_a_long_stream()
            if time.monotonic() > self._give_up_at:
                raise fault
            time.sleep(_PAUSE_SECONDS)

    def _forgive_a_long_stream(self) -> None:
        """A stream that was open for a while before it broke was no failed attempt."""
        if self._opened_at and time.monotonic() - self._opened_at > _LONG_STREAM_SECONDS:
            self._be_patient()
        self._opened_at = None

    def _be_patient(self) -> None:
        self._give_up_at = time.monotonic() + _PATIENCE_SECONDS

    def _read_once(self) -> Iterator[GradingEvent]:
        headers = {"Last-Event-ID": self._last_id} if self._last_id else {}
        address = f"/gradings/{self._grading_id}{STREAM}"
        with (
            reaching(self._url),
            connect_sse(self._http, "GET", address, headers=headers, timeout=_TIMEOUT) as source,
        ):
            if not source.response.is_success:
                source.response.read()
                require_success(source.response, url=self._url)
            self._opened_at = time.monotonic()
            try:
                for sent in source.iter_sse():
                    event = self._to_event(sent)
                    self._last_id = sent.id or self._last_id
                    self._has_verdict = event.grading is not None
                    self._be_patient()
                    yield event
            except SSEError as error:
                raise NotMilepost(self._url, "it answered no stream of events") from error

    def _to_event(self, sent: ServerSentEvent) -> GradingEvent:
        try:
            event = GradingEvent(id=sent.id)
            if sent.event not in _CARRIED:
                return event
            name, model = _CARRIED[sent.event]
            return event.model_copy(update={name: model.model_validate_json(sent.data)})
        except ValidationError as error:
            raise NotMilepost(
                self._url, "one of its events is not as this program knows it"
            ) from error
