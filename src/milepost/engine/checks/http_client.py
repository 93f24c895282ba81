"""Speaks HTTP as a check does: each request on a connection of its own, each exchange as evidence.

Where connections come from, and what it means when one breaks, is told by whoever is spoken to:
the learner's service, or a balancer before several of them.
"""

import time
from abc import ABC, abstractmethod
from datetime import timedelta
from typing import Any

import httpcore
import httpx

from milepost.engine.checks.connection import (
    DeadlinePassed,
    Stream,
    Transport,
    read_body,
    write_request,
)
from milepost.engine.checks.exchange import (
    Answer,
    describe_answer,
    describe_request,
    write_curl,
)
from milepost.engine.checks.faults import GuestFault, LimitReached
from milepost.engine.checks.pending import Pending
from milepost.engine.checks.run import CheckRun

_BROKEN_OFF = (DeadlinePassed, httpcore.NetworkError, httpcore.ProtocolError, httpx.HTTPError)
_HEADERS = {"user-agent": "milepost", "accept": "*/*", "accept-encoding": "identity"}


class HttpClient(ABC):
    """Somebody to send requests to."""

    def __init__(self, check: CheckRun, url: str) -> None:
        self._check = check
        self._stream: Stream | None = None
        self._ahead: Stream | None = None  # on which the next request was sent already
        self._deadline = 0.0
        self._title = ""
        self._client = httpx.Client(  # its timeouts are unused: each exchange has one deadline
            transport=Transport(self._connect),
            base_url=url,
            headers=_HEADERS,
            trust_env=False,
        )

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
        """Send a request and answer the whole response, whatever its status.

        Takes what httpx takes: `params`, `headers`, `json`, `content`, `data`, `files`. Keeps no
        cookies and follows no redirects. Raises a GuestFault where no whole response comes within
        `seconds` (else the lab's limit).
        """
        self.start()
        return self._ask(self._build(method, path, more), time.monotonic(), seconds)

    def send(self, method: str, path: str, **more: Any) -> Pending:
        """Send a request and go on without its answer; takes what `request` takes.

        What is sent before an answer is read is under way at once, each on its own connection:
        `sent = [service.send(…), service.send(…)]`, then `[each.answer() for each in sent]`.
        """
        self.start()
        request = self._build(method, path, more)
        since = time.monotonic()
        self._expect(request, self._check.settings.limits.run_seconds)
        stream = self._connect()
        try:
            stream.send_ahead(write_request(request, request.content))
        except DeadlinePassed as error:
            raise self._explain(error, self._check.settings.limits.run_seconds) from error
        return Pending(stream, lambda seconds: self._ask(request, since, seconds, stream))

    def _build(self, method: str, path: str, more: dict[str, Any]) -> httpx.Request:
        self._client.cookies.clear()
        request = self._client.build_request(method, path, **more)
        request.read()
        return request

    def _expect(self, request: httpx.Request, allowed: float) -> None:
        """Make a request the one that faults are told of, and that the deadline is for."""
        self._title = f"{request.method} {request.url.raw_path.decode('ascii', 'replace')}"
        self._stream = None
        self._deadline = time.monotonic() + allowed

    def _ask(
        self,
        request: httpx.Request,
        since: float,
        seconds: float | None,
        ahead: Stream | None = None,
    ) -> Answer:
        """Receive the answer to a request, which has already gone `ahead` or is sent now."""
        allowed = seconds or self._check.settings.limits.run_seconds
        self._expect(request, allowed)
        self._ahead = ahead
        response: dict[str, Any] = {}
        try:
            answer = self._exchange(request, since, allowed)
            response = describe_answer(answer)
            self._note_answer(answer)
        except GuestFault as fault:
            response = {"fault": str(fault), **self._describe_head()}
            raise
        finally:
            self._check.recorder.record(
                "exchange",
                self._title,
                since=since,
                request=describe_request(request, request.content),
                response=response,
                repeat=write_curl(request, request.content),
            )
        return answer

    def _exchange(self, request: httpx.Request, since: float, allowed: float) -> Answer:
        try:
            return self._receive(request, since)
        except _BROKEN_OFF as error:
            raise self._explain(error, allowed) from error

    def _receive(self, request: httpx.Request, since: float) -> Answer:
        limits = self._check.settings.limits
        content = bytearray()
        response = self._client.send(request, stream=True)
        try:
            for piece in read_body(response):
                content += piece
                if len(content) > limits.output_bytes:
                    raise LimitReached(
                        f"The answer to `{self._title}` is larger than"
                        f" {limits.output_bytes // 1024} KiB, and was not read to its end.",
                        limit="output_bytes",
                    )
        finally:
            response.close()
        return Answer(
            title=self._title,
            status_code=response.status_code,
            reason=response.reason_phrase,
            headers=response.headers,
            content=bytes(content),
            elapsed=timedelta(seconds=time.monotonic() - since),
        )

    def _connect(self) -> Stream:
        self._stream, self._ahead = self._ahead, None
        if self._stream is None:
            self._stream = self._dial()
        else:
            self._stream.wait_until(self._deadline)
        return self._stream

    def _describe_head(self) -> dict[str, bytes]:
        return {"first_bytes": self._stream.head} if self._stream and self._stream.head else {}
