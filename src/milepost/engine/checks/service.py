"""The `service` fixture: an HTTP client on the learner's own server, which runs in the guest.

Each check has a server of its own, started when it is first needed, with files, processes and
memory as fresh as after a deployment; so no check depends on what another did. Starting it and
saying why it does not start is `startup`.
"""

import time
from datetime import timedelta
from http import HTTPStatus
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
from milepost.engine.checks.evidence import clean
from milepost.engine.checks.exchange import (
    Answer,
    describe_answer,
    describe_request,
    write_curl,
)
from milepost.engine.checks.faults import (
    AnswerNotHttp,
    GuestFault,
    LimitReached,
    ServiceNotReached,
    ServiceTimedOut,
)
from milepost.engine.checks.pending import Pending
from milepost.engine.checks.run import CheckRun
from milepost.engine.checks.startup import PORT, URL, Server, start_server

_LOG_CHARACTERS = 12_000
_BROKEN_OFF = (DeadlinePassed, httpcore.NetworkError, httpcore.ProtocolError, httpx.HTTPError)
_HEADERS = {"user-agent": "milepost", "accept": "*/*", "accept-encoding": "identity"}


class Service:
    """The learner's service.

    What is put into `environment` is given to it when it starts, beside PORT.
    """

    url = URL

    def __init__(self, check: CheckRun) -> None:
        self._check = check
        self._server: Server | None = None
        self._earlier_logs = ""
        self._stream: Stream | None = None
        self._ahead: Stream | None = None  # on which the next request was sent already
        self._deadline = 0.0
        self._title = ""
        self._is_shaken = False
        self._client = httpx.Client(  # its timeouts are unused: each exchange has one deadline
            transport=Transport(self._connect),
            base_url=URL,
            headers=_HEADERS,
            trust_env=False,
        )
        self.environment: dict[str, str] = {}

    # Its life

    def start(self) -> None:
        """Start it and wait until it listens; the first request would do the same."""
        if self._server is None:
            self._server = start_server(self._check, self.environment)

    def kill(self) -> None:
        """End it at once, as a crash of its machine would; its files stay."""
        if self._server is not None:
            self._server.kill()

    def restart(self) -> None:
        """Kill it and start it again, with the environment of now; its files stay."""
        self._close_server()
        self.start()

    @property
    def logs(self) -> str:
        """Everything that it has printed in this check, on standard output and error."""
        return self._earlier_logs + (self._server.read_logs() if self._server else "")

    def close(self) -> None:
        """End it and keep what it printed as evidence. The fixture does this after each check."""
        self._close_server()
        self._client.close()
        logs = clean(self._earlier_logs)
        if logs:
            self._check.recorder.record(
                "log",
                "What the service printed",
                since=time.monotonic(),
                request={},
                response={"lines": logs[-_LOG_CHARACTERS:].splitlines()},
            )

    # Speaking with it

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
            self._is_shaken = (
                self._is_shaken or answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR
            )
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
        if self._stream is not None:
            self._stream.wait_until(self._deadline)
            return self._stream
        server = self._require_server()
        server.require_running(f"before `{self._title}`")
        sock = server.connect(self._deadline)
        if sock is None:
            server.require_running(f"before `{self._title}`")
            raise ServiceNotReached(
                f"Your service accepts no connection on port {PORT} any more: `{self._title}`"
                " could not be sent.",
                detail=server.describe_logs(),
            )
        self._stream = Stream(sock, server.running, self._deadline)
        return self._stream

    def _explain(self, error: Exception, allowed: float) -> GuestFault:
        """Turn what went wrong with an exchange into the fault that a learner reads."""
        server = self._require_server()
        came = self._stream.received_bytes if self._stream is not None else 0
        if isinstance(error, DeadlinePassed):
            began = f"began to answer `{self._title}` ({came} bytes) but had not finished"
            return ServiceTimedOut(
                f"Your service {began if came else f'had not answered `{self._title}`'}"
                f" after {allowed:g} seconds.",
                limit="run_seconds",
                detail=server.describe_logs(),
            )
        server.require_running(f"during `{self._title}`", grace=True)
        head = clean(self._stream.head) if self._stream is not None else ""
        if not came:
            what = f"Your service closed the connection of `{self._title}` without an answer."
        elif not head.startswith("HTTP/"):
            what = f"What your service answered to `{self._title}` is not HTTP. It begins: {head!r}"
        else:
            what = f"Your service's answer to `{self._title}` is no whole HTTP response: {error}"
        return AnswerNotHttp(what, detail=server.describe_logs())

    def _describe_head(self) -> dict[str, bytes]:
        return {"first_bytes": self._stream.head} if self._stream and self._stream.head else {}

    def _require_server(self) -> Server:
        if self._server is None:
            raise RuntimeError("The service has not been started.")
        return self._server

    def _close_server(self) -> None:
        if self._server is not None:
            if self._is_shaken:
                self._server.let_it_print()
            self._earlier_logs += self._server.close()
            self._server = None
