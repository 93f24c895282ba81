"""The check side of a guest: gives orders to its launcher and moves bytes to and from programs.

What comes back is only data. Every wait has a deadline on this side, every stream a cap, and a
launcher that is silent, gone or talks nonsense ends in a GuestFault, never in a hang.
"""

import os
import selectors
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from milepost.engine.checks.faults import GuestFault, LimitReached, PortTaken
from milepost.engine.checks.streams import OUTPUTS, Plan, Streams
from milepost.engine.checks.supervisor import Supervisor
from milepost.engine.guest.bounded_json import parse_object
from milepost.engine.guest.wire import Decoder, MalformedFrame, encode
from milepost.engine.request import Limits

_ANSWER_SECONDS = 10.0
_GRACE_SECONDS = 0.5  # for streams that something else still holds open


class Guest:
    """One live guest. After a fault it must not be used again."""

    def __init__(self, control: socket.socket, supervisor: Supervisor, number: int = 0) -> None:
        self.number = number
        self.control = control
        self.alive = True
        self._supervisor = supervisor
        self._decoder = Decoder(parse_object, max_json_bytes=64 * 1024, max_payload_bytes=0)
        self._next_id = 0
        self._exits: dict[int, Mapping[str, Any]] = {}
        self._dials: dict[int, str | None] = {}
        self._is_resetting = False
        self._waiting: tuple[Plan, Streams] | None = None  # a program that was started ahead
        self._doors: set[str] = set()  # addresses inside that are ours, not the learner's
        control.settimeout(_ANSWER_SECONDS)

    def begin_reset(self) -> None:
        """Have a clean slate made for the next check, without waiting for it."""
        if not self._is_resetting:
            self._is_resetting = True
            self._forget_waiting()
            self._order("reset")

    def reset(self) -> None:
        """Give the next check a clean slate."""
        self.begin_reset()
        self._is_resetting = False
        self._expect("reset")
        self._doors.clear()

    def is_prepared_for(self, plan: Plan) -> bool:
        """Whether a program waits that is started in this way."""
        return self._waiting is not None and self._waiting[0].is_beginning_of(plan)

    def prepare(self, plan: Plan, environment: Mapping[str, str], modules: Sequence[str]) -> None:
        """Have a program started ahead of time, after a reset was begun; it waits for `start`.

        By then it has loaded these modules of its stack.
        """
        self._forget_waiting()
        beginning = plan.without_arguments()
        if beginning is None:
            return
        self._waiting = beginning, Streams(plan)
        how = {"argv": [*beginning.argv], "environment": {**environment}, "modules": [*modules]}
        self._order_with("prepare", self._waiting[1], **how)

    def write(self, path: str, content: bytes) -> None:
        """Put a file of the check beside the learner's."""
        self._order("write", payload=content, path=path)
        answer = self._expect("written", "refused")
        if answer["event"] == "refused":
            raise LimitReached(f"`{path}` could not be written: {answer.get('reason')}")

    def start(
        self, plan: Plan, environment: Mapping[str, str], *, copies: int = 0
    ) -> tuple[int, Streams]:
        """Start a program, or let the one go on that waits; return its number and streams.

        `copies` is how many checks, this one included, may begin by starting it so.
        """
        self._next_id += 1
        how = {"id": self._next_id, "argv": [*plan.argv], "environment": {**environment}}
        waiting = self._go_on(plan, how)
        if waiting is not None:
            return self._next_id, waiting
        self._forget_waiting()
        streams = Streams(plan)
        try:
            self._order_with("run", streams, copies=copies, **how)
            answer = self._expect("started", "refused")
        except BaseException:
            streams.close()
            raise
        if answer["event"] == "refused":
            streams.close()
            raise LimitReached(f"`{plan.argv[0]}` could not be started: {answer.get('reason')}")
        return self._next_id, streams

    def dial(self, port: int, *, patience_seconds: float = 0.0) -> "Dial":
        """Ask for a connection to a port inside the guest; the answer comes with `read_control`.

        Where nobody listens, the guest tries again for as long as it has patience.
        """
        self._next_id += 1
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        with theirs:
            self._order(
                "dial",
                send=[theirs.fileno()],
                id=self._next_id,
                port=port,
                patience_seconds=patience_seconds,
            )
        return Dial(ours, self._next_id, self._dials)

    def list_listeners(self) -> list[str]:
        """List the addresses on which somebody listens inside the guest."""
        self._order("listeners")
        found = self._expect("listeners").get("addresses")
        addresses = [str(address) for address in found] if isinstance(found, list) else []
        return [each for each in addresses if each not in self._doors]

    def open_door(self, port: int, target: int) -> None:
        """Lead a port inside the guest to a socket file, open as a place, until the next reset."""
        self._order("open_door", send=[target], port=port)
        answer = self._expect("door_opened", "refused")
        if answer["event"] == "refused":
            raise PortTaken(
                f"Something in your sandbox listens on port {port}, where a service of this lab"
                f" should be: {answer.get('reason')}"
            )
        self._doors.add(f"127.0.0.1:{port}")

    def close_door(self, port: int) -> None:
        """Lead a port nowhere any more. Who is on the way through stays there."""
        self._order("close_door", port=port)
        self._expect("door_closed")
        self._doors.discard(f"127.0.0.1:{port}")

    def open_entrance(self, listener: socket.socket, port: int) -> None:
        """Lead whoever connects to a listener of the check to a port inside the guest."""
        self._order("open_entrance", send=[listener.fileno()], port=port)
        self._expect("entrance_opened")

    def close_entrances(self) -> None:
        """Have the guest listen for nobody outside any more."""
        self._order("close_entrances")
        self._expect("entrances_closed")

    def kill(self, number: int) -> None:
        """End a program and whoever else it has started; return when all of them are gone."""
        self._order("kill", id=number)
        deadline = time.monotonic() + _ANSWER_SECONDS
        while number not in self._exits:
            if time.monotonic() > deadline:
                raise self.die()
            self.read_control()

    def find_exit(self, number: int) -> Mapping[str, Any] | None:
        """Find how a program ended; None while it runs."""
        return self._exits.get(number)

    def read_control(self) -> list[Mapping[str, Any]]:
        """Take in what the launcher says; exits are kept, everything else is answered."""
        try:
            data = self.control.recv(1 << 16)  # recv, not recvmsg: a guest can hand us nothing
        except OSError as error:
            raise self.die() from error
        if not data:
            raise self.die()
        answers: list[Mapping[str, Any]] = []
        try:
            self._decoder.feed(data)
            while (frame := self._decoder.next_frame()) is not None:
                answers.append(frame.body)
        except MalformedFrame as error:
            raise self.die() from error
        for body in answers:
            if body.get("event") == "exited":
                self._exits[body["id"]] = body
            elif body.get("event") in {"dialled", "not_dialled"}:
                self._dials[body["id"]] = body.get("reason")
        return answers

    def die(self) -> GuestFault:
        """Give the guest up and find out why it ended."""
        self.close()
        return self._supervisor.ask_why_guest_ended(self.number)

    def close(self) -> None:
        """Let go of the guest."""
        self.alive = False
        self._forget_waiting()
        self.control.close()

    def _go_on(self, plan: Plan, how: Mapping[str, Any]) -> Streams | None:
        """Let a program go on that waits with such streams; None if none does."""
        if self._waiting is None or not self._waiting[0].is_beginning_of(plan):
            return None
        self._order("go_on", **how)
        if self._expect("started", "not_waiting")["event"] == "not_waiting":
            return None
        (_, streams), self._waiting = self._waiting, None
        return streams

    def _forget_waiting(self) -> None:
        """Let go of the streams of a program that waits; its launcher ends it by itself."""
        if self._waiting is not None:
            self._waiting[1].close()
            self._waiting = None

    def _order_with(self, op: str, streams: Streams, **body: Any) -> None:
        try:
            self._order(op, send=streams.theirs, fds=len(streams.theirs), **body)
        finally:
            streams.close_theirs()

    def _order(self, op: str, payload: bytes = b"", send: Sequence[int] = (), **body: Any) -> None:
        data = encode({"op": op, **body}, payload)
        try:
            sent = socket.send_fds(self.control, [data], send) if send else 0
            if sent < len(data):
                self.control.sendall(data[sent:])
        except OSError as error:
            raise self.die() from error

    def _expect(self, *events: str) -> Mapping[str, Any]:
        deadline = time.monotonic() + _ANSWER_SECONDS
        while time.monotonic() < deadline:
            for answer in self.read_control():
                if answer.get("event") in events:
                    return answer
        raise self.die()


class Dial:
    """A connection into the guest that was asked for."""

    def __init__(self, sock: socket.socket, number: int, answers: Mapping[int, str | None]) -> None:
        self.socket = sock
        self._number = number
        self._answers = answers

    @property
    def is_answered(self) -> bool:
        """Whether it is known if somebody listens."""
        return self._number in self._answers

    @property
    def is_connected(self) -> bool:
        """Whether somebody does."""
        return self.is_answered and self._answers[self._number] is None


class RunningProgram:
    """A program in the guest with its streams. Whoever makes one closes it, and its channel."""

    def __init__(
        self,
        guest: Guest,
        plan: Plan,
        environment: Mapping[str, str],
        *,
        stdin: bytes = b"",
        copies: int = 0,
        limits: Limits,
    ) -> None:
        self._guest = guest
        self._limits = limits
        self._stdin = memoryview(stdin)
        self.number, streams = guest.start(plan, environment, copies=copies)
        self._ours, self._channel = streams.ours, streams.channel
        self.captured = {name: bytearray() for name in self._ours if name in OUTPUTS}
        self._selector = selectors.DefaultSelector()
        for name, fd in self._ours.items():
            event = selectors.EVENT_WRITE if name == "stdin" else selectors.EVENT_READ
            self._selector.register(fd, event, name)
        self._selector.register(guest.control, selectors.EVENT_READ, "control")

    @property
    def exit(self) -> Mapping[str, Any] | None:
        """How the program ended; None while it runs."""
        return self._guest.find_exit(self.number)

    def take_channel(self) -> socket.socket:
        """Return the channel that was planned; the caller closes it."""
        if self._channel is None:
            raise RuntimeError("this program was started without a channel")
        return self._channel

    def watch(self, channel: socket.socket, events: int = selectors.EVENT_READ) -> None:
        """Also wake `pump` when this socket can be read, or what else `events` says."""
        self._selector.register(channel, events, "channel")

    def unwatch(self, channel: socket.socket) -> None:
        """No longer wake `pump` for this socket."""
        self._selector.unregister(channel)

    def pump(self, until: Callable[[], bool], deadline: float) -> bool:
        """Move bytes until something holds; False if the deadline came first."""
        while not until():
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            for key, _ in self._selector.select(left):
                if key.data == "control":
                    self._guest.read_control()
                elif key.data == "stdin":
                    self._write_stdin()
                elif key.data != "channel":
                    self._read(key.data)
        return True

    def read_ready(self) -> None:
        """Take in what was printed so far, without waiting."""
        while ready := [key.data for key, _ in self._selector.select(0) if key.data in OUTPUTS]:
            for name in ready:
                self._read(name)

    def pump_to_end(self, deadline: float) -> bool:
        """Move bytes until the program has ended and its streams are read."""
        if not self.pump(lambda: self.exit is not None, deadline):
            return False
        self.pump(self._is_read, time.monotonic() + _GRACE_SECONDS)
        self.refuse_excess()
        return True

    def kill(self) -> None:
        """End the program, if it still runs, and keep what it had written."""
        if self.exit is None and self._guest.alive:
            self._guest.kill(self.number)
        with suppress(LimitReached):
            self.pump(self._is_read, time.monotonic() + _GRACE_SECONDS)

    def close(self) -> None:
        """Close the streams on this side."""
        self._selector.close()
        for fd in self._ours.values():
            os.close(fd)
        self._ours.clear()

    def _is_read(self) -> bool:
        return not self._ours.keys() & {*OUTPUTS}

    def _read(self, name: str) -> None:
        try:
            data = os.read(self._ours[name], 1 << 16)
        except BlockingIOError:  # a guest can open its own end for reading, and was quicker
            return
        if not data:
            self._drop(name)
            return
        room = self._limits.output_bytes - len(self.captured[name])
        self.captured[name] += data[:room]
        if len(data) > room:
            self._drop(name)
            self.kill()
            raise LimitReached(
                self._limits.describe("output_bytes"),
                limit="output_bytes",
            )

    def _write_stdin(self) -> None:
        try:
            written = os.write(self._ours["stdin"], self._stdin[: 1 << 16]) if self._stdin else 0
        except BlockingIOError:  # a guest can open its own end for writing, and was quicker
            return
        except BrokenPipeError:  # a program need not read what it is given
            self._stdin = memoryview(b"")
            written = 0
        self._stdin = self._stdin[written:]
        if not self._stdin:
            self._drop("stdin")

    def _drop(self, name: str) -> None:
        fd = self._ours.pop(name)
        self._selector.unregister(fd)
        os.close(fd)

    def refuse_excess(self) -> None:
        """Raise LimitReached if the program, which has ended, had used too much.

        The watch looks every 50 ms; what was over in less is told by the launcher.
        """
        report = self.exit or {}
        for name in ("memory_bytes", "disk_bytes", "files"):
            if report.get(name, 0) > getattr(self._limits, name):
                raise LimitReached(self._limits.describe(name), limit=name)
