"""Speaks HTTP as a check does: each request on a connection of its own, each exchange as evidence.

Subclasses say where connections come from and what it means when one breaks: for the learner's
service, or for a balancer before several of them.
"""

import time
from abc import ABC, abstractmethod
from collections import deque
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx

from milepost.engine.checks.context import CheckContext
from milepost.engine.checks.evidence import to_text
from milepost.engine.checks.faults import GuestFault, LimitReached
from milepost.engine.checks.http.connection import DeadlinePassed, Stream
from milepost.engine.checks.http.conversation import AnswerBroken, Conversation
from milepost.engine.checks.http.exchange import (
    Answer,
    SentHeaders,
    StatusCode,
    describe_answer,
    describe_request,
    write_curl,
)
from milepost.engine.checks.http.pending import Pending
from milepost.engine.checks.http.sendable import Builder
from milepost.engine.evidence.http import HttpExchange, HttpResponse, NoResponse

_TITLE_CHARACTERS = 200
_REMEMBERED_ANSWERS = 8  # in which the source of a value is looked for that can't be sent
_HEADERS = {"user-agent": "milepost", "accept": "*/*", "accept-encoding": "identity"}


class HttpClient(ABC):
    """Somebody to send requests to."""

    def __init__(self, check: CheckContext, url: str) -> None:
        self._check = check
        self._stream: Stream | None = None
        self._deadline = 0.0
        self._title = ""
        self._client = httpx.Client(  # builds requests; what sends them is a Conversation
            transport=httpx.BaseTransport(),
            base_url=url,
            headers=_HEADERS,
            trust_env=False,
        )
        self._answers: deque[Answer] = deque(maxlen=_REMEMBERED_ANSWERS)
        self._builder = Builder(self._client, self._answers)
        self._unread: list[_Sent] = []

    @abstractmethod
    def start(self) -> None:
        """See that there is somebody to connect to; done before every request."""

    @abstractmethod
    def _dial(self) -> Stream:
        """Make a connection, or raise a GuestFault that says why there is none."""

    @abstractmethod
    def _explain(self, error: Exception, allowed: float) -> GuestFault:
        """Turn what went wrong with an exchange into the fault that a learner reads."""

    @abstractmethod
    def _note_answer(self, answer: Answer) -> None:
        """Take notice of an answer, if there is anything to notice."""

    def get(self, path: str, **more: Any) -> Answer:
        """Send a GET request; `more` is as in `request`."""
        return self.request("GET", path, **more)

    def post(self, path: str, **more: Any) -> Answer:
        """Send a POST request; `more` is as in `request`."""
        return self.request("POST", path, **more)

    def put(self, path: str, **more: Any) -> Answer:
        """Send a PUT request; `more` is as in `request`."""
        return self.request("PUT", path, **more)

    def patch(self, path: str, **more: Any) -> Answer:
        """Send a PATCH request; `more` is as in `request`."""
        return self.request("PATCH", path, **more)

    def delete(self, path: str, **more: Any) -> Answer:
        """Send a DELETE request; `more` is as in `request`."""
        return self.request("DELETE", path, **more)

    def request(
        self, method: str, path: str, *, seconds: float | None = None, **more: Any
    ) -> Answer:
        """Send a request and return the whole response, whatever its status.

        Takes what httpx takes: `params`, `headers`, `json`, `content`, `data`, `files`. Keeps no
        cookies and follows no redirects. Raises a GuestFault where no whole response comes within
        `seconds` (else the lab's limit).
        """
        self.start()
        return self._ask(self._build(method, path, more), seconds)

    def send(self, method: str, path: str, **more: Any) -> Pending:
        """Send a request and go on without its answer; takes what `request` takes.

        What is sent before an answer is read is under way at once, each on its own connection:
        `sent = [service.send(…), service.send(…)]`, then `[each.answer() for each in sent]`.
        """
        self.start()
        sent = self._build(method, path, more)
        allowed = self._check.settings.limits.run_seconds
        self._expect(sent.request, allowed)
        sent.stream = self._stream = self._dial()
        try:
            sent.stream.send_ahead(sent.conversation.request)
        except DeadlinePassed as error:
            raise self._explain(error, allowed) from error
        self._unread.append(sent)
        return Pending(sent.stream, lambda seconds: self._ask(sent, seconds))

    def close(self) -> None:
        """Show the requests whose answers were never read: the check may have ended over them."""
        for sent in self._unread:
            self._record(sent, NoResponse("The check ended before it read the answer."))
        self._client.close()

    def _build(self, method: str, path: str, more: dict[str, Any]) -> "_Sent":
        built = self._builder.build(method, path, more)
        return _Sent(built.request, built.conversation, time.monotonic())

    def _expect(self, request: httpx.Request, allowed: float) -> None:
        """Make a request the one that faults are told of, and that the deadline is for."""
        self._title = _write_title(request)
        self._stream = None
        self._deadline = time.monotonic() + allowed

    def _ask(self, sent: "_Sent", seconds: float | None) -> Answer:
        """Receive the answer to a request, which was sent ahead or is sent now."""
        allowed = seconds or self._check.settings.limits.run_seconds
        request = sent.request
        if sent in self._unread:
            self._unread.remove(sent)
        self._expect(request, allowed)
        response: HttpResponse | NoResponse = NoResponse()
        try:
            answer = self._exchange(sent, allowed)
            origin = f"exchange {request.method} {answer.status_code}"
            answer = self._check.take(origin, answer)
            response = describe_answer(answer)
            self._answers.append(answer)
            self._note_answer(answer)
        except GuestFault as fault:
            response = NoResponse(str(fault), self._show_head())
            raise
        finally:
            self._record(sent, response)
        return answer

    def _record(self, sent: "_Sent", response: HttpResponse | NoResponse) -> None:
        exchange = HttpExchange(
            title=_write_title(sent.request),
            request=describe_request(sent.request, sent.request.content),
            response=response,
            repeat=write_curl(sent.request, sent.request.content),
        )
        self._check.recorder.record(exchange, since=sent.since)

    def _exchange(self, sent: "_Sent", allowed: float) -> Answer:
        try:
            stream = self._stream = sent.stream or self._dial()
        except DeadlinePassed as error:
            raise self._explain(error, allowed) from error
        try:
            if sent.stream is None:
                stream.begin(sent.conversation.request)
            stream.wait_until(self._deadline)
            return self._receive(sent, stream)
        except (DeadlinePassed, AnswerBroken) as error:
            raise self._explain(error, allowed) from error
        finally:
            stream.close()

    def _receive(self, sent: "_Sent", stream: Stream) -> Answer:
        limits = self._check.settings.limits
        content = bytearray()
        head = sent.conversation.receive_head(stream)
        headers = SentHeaders(head.headers, f"Your service's answer to `{self._title}`")
        coding = headers.get("content-encoding", "")
        for piece in sent.conversation.receive_body(stream, coding):
            content += piece
            if len(content) > limits.output_bytes:
                raise LimitReached(
                    f"The answer to `{self._title}` is larger than"
                    f" {limits.output_bytes // 1024} KiB, and was not read to its end.",
                    limit="output_bytes",
                )
        return Answer(
            title=self._title,
            status_code=StatusCode.of(head.status_code, headers),
            reason=head.reason,
            headers=headers,
            content=bytes(content),
            elapsed=timedelta(seconds=time.monotonic() - sent.since),
        )

    def _show_head(self) -> str | None:
        return to_text(self._stream.head) if self._stream and self._stream.head else None


def _write_title(request: httpx.Request) -> str:
    target = request.url.raw_path.decode("ascii", "replace")
    cut = "…" if len(target) > _TITLE_CHARACTERS else ""
    return f"{request.method} {target[:_TITLE_CHARACTERS]}{cut}"


@dataclass(slots=True, eq=False)
class _Sent:
    """A request on its way. Without a stream it has not been sent yet."""

    request: httpx.Request
    conversation: Conversation
    since: float
    stream: Stream | None = None
