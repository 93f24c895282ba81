"""The `upstream` fixture: an HTTP service that the learner's code calls, scripted by the check.

It answers as it is told, call by call: late, wrongly, in part, or not at all. What learner code
sent, and when, is evidence. It lives in the check process, which is in a sandbox anyway (ADR 10).
"""

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

import httpx

from milepost.engine.backing.upstream.server import HungUp, UpstreamServer
from milepost.engine.checks.calls import Call, Received
from milepost.engine.checks.context import CheckContext
from milepost.engine.checks.evidence import clean, to_text
from milepost.engine.checks.faults import LimitReached, ParameterMissing, UpstreamNotCalled
from milepost.engine.checks.http.exchange import SentHeaders, describe_headers, write_curl
from milepost.engine.checks.replies import Manner, Reply
from milepost.engine.evidence.contract import Actor
from milepost.engine.evidence.http import HttpExchange, HttpRequest, HttpResponse, NoResponse
from milepost.engine.limits import MEBIBYTE

PORT = 9000
URL = f"http://localhost:{PORT}"
_MOST_SHOWN = 60
_KEPT_BODIES = 64  # so many of the largest size, of all calls of a check together
_LONGEST_HOLD_SECONDS = 300.0
_PARAMETER = re.compile(r"\\{(\w+)\\}")
_UNKNOWN = Reply(404, json={"error": "The upstream has nothing at this path."})
_FAILED = Reply(500, json={"error": "The script of the check has failed."})


class Query(dict[str, list[str]]):
    """The query of a call; to look up a parameter that is missing fails the check in words."""

    def __missing__(self, name: str) -> list[str]:
        """Raise ParameterMissing."""
        raise ParameterMissing(
            f"Your code called the service at UPSTREAM_URL without `{name}` in the query, and the"
            " check looks into it. Send it too."
        )


Script = Callable[[Call], Reply]


class _Route:
    """What is answered at a path, call by call."""

    def __init__(self, method: str, path: str, replies: tuple[Reply, ...] | Script) -> None:
        self.method = method
        self.path = path
        self.pattern = re.compile(_PARAMETER.sub(r"(?P<\1>[^/]+)", re.escape(path)))
        self._replies = replies
        self.calls = 0

    def choose(self, call: Call) -> Reply:
        """Choose the reply to a call; the last one is given again and again."""
        if callable(self._replies):
            return self._replies(call)
        return self._replies[min(call.number, len(self._replies)) - 1]


class Upstream:
    """The service that the learner's code calls."""

    url = URL

    def __init__(self, check: CheckContext) -> None:
        self._check = check
        self._routes: list[_Route] = []
        self._calls: list[tuple[Call, _Route | None]] = []
        self._given: dict[int, Reply] = {}
        self._came = threading.Condition()
        self._gate = threading.Event()
        self._gate.set()
        self._most_bytes = _KEPT_BODIES * check.settings.limits.output_bytes
        self._kept_bytes = 0
        self._broken: BaseException | None = None
        self._server: UpstreamServer | None = None
        check.environment["UPSTREAM_URL"] = URL
        self._open()

    # What it answers

    def reply(self, method: str, path: str, *replies: Reply | Script) -> None:
        """Answer calls of a path with these replies, one after the other; the last one for good.

        `path` may hold names, as in `/prices/{sku}`. In place of replies, a function may be given
        that makes one from a Call. A later script for the same path takes the place of this one.
        """
        script = replies[0] if replies else Reply()
        known = tuple(each for each in replies if isinstance(each, Reply))
        if not isinstance(script, Reply) and len(replies) == 1:
            route = _Route(method.upper(), path, script)
        elif len(known) == len(replies):
            route = _Route(method.upper(), path, known or (Reply(),))
        else:
            raise TypeError("Give replies, or one function that makes them.")
        with self._came:
            self._routes.insert(0, route)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep all callers waiting inside this block: calls are taken in, and answered after it."""
        self._gate.clear()
        try:
            yield
        finally:
            self._gate.set()

    # What was called

    @property
    def calls(self) -> list[Call]:
        """All calls so far, in the order in which they came."""
        self._refuse_flood()
        with self._came:
            calls = [call for call, _ in self._calls]
        return self._check.take("calls", calls)

    def calls_to(self, method: str, path: str) -> list[Call]:
        """The calls of one path, as `reply` names it, or as it was called."""
        self._refuse_flood()
        with self._came:
            calls = [
                call
                for call, route in self._calls
                if call.method == method.upper()
                and path in {call.path, route.path if route is not None else None}
            ]
        return self._check.take("calls", calls)

    def wait_for_calls(self, count: int, *, seconds: float | None = None) -> list[Call]:
        """Wait until so many calls have come. Raises UpstreamNotCalled if they do not come in time.

        `seconds` (else the lab's limit) is for code that works in the background.
        """
        allowed = seconds or self._check.settings.limits.run_seconds
        with self._came:
            self._came.wait_for(lambda: len(self._calls) >= count or self._is_flooded(), allowed)
            found = len(self._calls)
        self._refuse_flood()
        if found < count:
            raise UpstreamNotCalled(
                f"Your code called the service at UPSTREAM_URL {_say_times(found)} in"
                f" {allowed:g} seconds; {_say_times(count)} was needed to go on."
            )
        return self.calls

    # Its troubles

    def stop(self) -> None:
        """Take it away: connections break, and new ones are refused."""
        if self._server is not None:
            self._check.close_forward(PORT)
            server, self._server = self._server, None
            self._gate.set()
            server.close()
            self._check.recorder.note("The upstream is stopped")

    def start(self) -> None:
        """Bring it back after `stop`, with the same script."""
        if self._server is None:
            self._open()
            self._check.recorder.note("The upstream is started")

    def kill_connections(self) -> None:
        """Break every connection that is open, as a restart of the service would."""
        if self._server is not None:
            self._server.hang_up()

    def close(self) -> None:
        """End it and put its calls into the evidence. The fixture does this after each check."""
        self._gate.set()
        if self._server is not None:
            server, self._server = self._server, None
            server.close()
        self._show_calls()
        if self._broken is not None:
            raise self._broken
        self._refuse_flood()

    def _open(self) -> None:
        self._server = UpstreamServer(self._answer, self._check.settings.limits.output_bytes)
        self._check.forward_port(PORT, self._server.take_place())

    def _answer(self, received: Received) -> Reply:
        """Choose the answer to a call. It runs in the thread of the call's connection."""
        with self._came:
            self._kept_bytes += received.measure()
            self._came.notify_all()
            if self._is_flooded():
                raise HungUp
            call, route = self._read(received)
            self._calls.append((call, route))
        try:
            reply = route.choose(call) if route is not None else _UNKNOWN
        except Exception as error:  # noqa: BLE001 - whatever a check's script raises
            self._broken = self._broken or error
            reply = _FAILED
        self._given[id(call)] = reply
        self._gate.wait(_LONGEST_HOLD_SECONDS)
        return reply

    def _is_flooded(self) -> bool:
        return self._kept_bytes > self._most_bytes

    def _refuse_flood(self) -> None:
        """Raise LimitReached if learner code has sent more than can be kept."""
        if self._is_flooded():
            raise LimitReached(
                f"Your code sent more than {self._most_bytes // MEBIBYTE} MiB to the service at"
                " UPSTREAM_URL, headers included. What it sent after that was not answered.",
                limit="output_bytes",
            )

    def _read(self, received: Received) -> tuple[Call, _Route | None]:
        try:
            target = urlsplit(received.target)
        except ValueError as error:  # no address at all
            raise HungUp from error
        route, parameters = self._find(received.method, target.path)
        if route is not None:
            route.calls += 1
        call = Call(
            method=received.method,
            path=target.path,
            parameters=parameters,
            query=Query(parse_qs(target.query, keep_blank_values=True)),
            headers=SentHeaders(
                received.headers, f"Your code's call `{received.method} {target.path[:200]}`"
            ),
            body=received.body,
            at=round(received.at - self._check.settings.started_at, 4),
            number=route.calls if route is not None else 1,
            connection=received.connection,
            received=received,
        )
        return call, route

    def _find(self, method: str, path: str) -> tuple[_Route | None, dict[str, str]]:
        for route in self._routes:
            found = route.pattern.fullmatch(path)
            if found is not None and route.method == method:
                return route, found.groupdict()
        return None, {}

    # Evidence

    def _show_calls(self) -> None:
        left_out = len(self._calls) - _MOST_SHOWN
        if left_out > 0:
            self._check.recorder.note(
                f"Your code made {left_out} more calls after those that are shown"
            )
        for call, _ in self._calls[:_MOST_SHOWN]:
            self._show(call, self._given.get(id(call)))

    def _show(self, call: Call, reply: Reply | None) -> None:
        received = call.received
        piece = HttpExchange(
            title=f"Your code: {call.method} {clean(received.target)}",
            actor=Actor.LEARNER,
            request=HttpRequest(
                method=call.method,
                url=f"{URL}{received.target}",
                headers=describe_headers(call.headers),
                body=to_text(call.body),
            ),
            response=_describe_reply(call, reply),
            repeat=_write_repeat(received),
        )
        self._check.recorder.record(piece, since=received.at, until=received.ended_at)


def _write_repeat(received: Received) -> str | None:
    """Write the line that repeats a call; None where its target is no path, such as `*`."""
    try:
        url = httpx.URL(URL + received.target)
    except (httpx.InvalidURL, ValueError):
        return None
    request = httpx.Request(received.method, url, headers=received.headers, content=received.body)
    return write_curl(request, received.body)


def _describe_reply(call: Call, reply: Reply | None) -> HttpResponse | NoResponse:
    if reply is None:
        return NoResponse("The check ended before it was answered.")
    if reply.manner is not Manner.WHOLE:
        return NoResponse(f"As the check had it, the upstream {reply.describe()}.")
    hung_up = "Your code hung up before the whole answer had come."
    return HttpResponse(
        status=reply.status,
        reason=httpx.codes.get_reason_phrase(reply.status),
        headers=reply.all_headers(),
        body=to_text(reply.body()),
        note=hung_up if call.was_abandoned else None,
    )


def _say_times(count: int) -> str:
    return {0: "never", 1: "once"}.get(count, f"{count} times")
