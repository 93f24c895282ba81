"""The check side of a guest: gives orders to its launcher and moves bytes to and from programs.

What comes back is only data. Every wait has a deadline on this side, every stream a cap, and a
launcher that is silent, gone or sends a malformed message ends in a GuestFault, never in a hang.
"""

import os
import selectors
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import TypeVar, get_args

from milepost.engine.checks.dial import Dial
from milepost.engine.checks.engine_client import EngineClient
from milepost.engine.checks.faults import GuestFault, LimitReached, PortTaken
from milepost.engine.checks.streams import OUTPUTS, Plan, Streams
from milepost.engine.protocol import guest as told
from milepost.engine.protocol.bounded_json import parse_object
from milepost.engine.protocol.codec import Codec
from milepost.engine.protocol.frames import Decoder, MalformedMessage, encode_message
from milepost.engine.protocol.guest_names import GuestName
from milepost.engine.protocol.settings import Settings

_EVENTS: Codec[told.Event] = Codec(*get_args(told.Event))
_ANSWER_SECONDS = 10.0
_LIMITED = ("memory_bytes", "disk_bytes", "files")  # what the launcher tells of a program
_GRACE_SECONDS = 0.5  # for streams that something else still holds open

Event = TypeVar("Event", bound=told.Event)


class GuestClient:
    """One live guest. After a fault it must not be used again."""

    def __init__(self, control: socket.socket, engine: EngineClient, name: GuestName) -> None:
        self.name = name
        self.control = control
        self.alive = True
        self._engine = engine
        self._decoder = Decoder(parse_object, max_json_bytes=64 * 1024, max_payload_bytes=0)
        self._next_id = 0
        self._exits: dict[int, told.Exited] = {}
        self._dials: dict[int, str | None] = {}
        self._reset = ""  # "begun" or "done", until the slate is used again
        self._waiting: tuple[Plan, Streams] | None = None  # a program that was started ahead
        self._forwards: set[str] = set()  # addresses inside that are ours, not the learner's
        control.settimeout(_ANSWER_SECONDS)

    def begin_reset(self) -> None:
        """Have a clean slate made for the next check, without waiting for it."""
        if not self._reset:
            self._reset = "begun"
            self._forget_waiting()
            self._order(told.Reset())

    def finish_reset(self) -> None:
        """Wait until no learner code is there, and no connection of it to a lab's service."""
        self.begin_reset()
        if self._reset == "begun":
            self._expect(told.ResetDone)
            self._reset = "done"
            self._forwards.clear()

    def reset(self) -> None:
        """Give the next check a clean slate."""
        self.finish_reset()
        self._reset = ""

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
        streams = self._waiting[1]
        argv, fds = [*beginning.argv], len(streams.theirs)
        self._order_with(streams, told.Prepare(argv, {**environment}, [*modules], fds))

    def write(self, path: str, content: bytes) -> None:
        """Put a file of the check beside the learner's."""
        self._order(told.Write(path, content))
        event = self._expect(told.Written, told.Denied)
        if isinstance(event, told.Denied):
            raise LimitReached(f"`{path}` could not be written: {event.reason}")

    def remove(self, path: str) -> bool:
        """Take a file or a folder from the learner's; whether it was there."""
        self._order(told.Remove(path))
        event = self._expect(told.Removed, told.Denied)
        if isinstance(event, told.Denied):
            raise LimitReached(f"`{path}` could not be removed: {event.reason}")
        return isinstance(event, told.Removed) and event.was_there

    def start(
        self, plan: Plan, environment: Mapping[str, str], *, copies: int = 0
    ) -> tuple[int, Streams]:
        """Start a program, or let the one go on that waits; return its number and streams.

        `copies` is how many checks, this one included, may begin by starting it so.
        """
        self._next_id += 1
        waiting = self._go_on(plan, environment)
        if waiting is not None:
            return self._next_id, waiting
        self._forget_waiting()
        streams = Streams(plan)
        fds = len(streams.theirs)
        order = told.Run(self._next_id, [*plan.argv], {**environment}, copies, fds)
        try:
            self._order_with(streams, order)
            event = self._expect(told.Started, told.Denied)
        except BaseException:
            streams.close()
            raise
        if isinstance(event, told.Denied):
            streams.close()
            raise LimitReached(f"`{plan.argv[0]}` could not be started: {event.reason}")
        return self._next_id, streams

    def dial(self, port: int, *, patience_seconds: float = 0.0) -> Dial:
        """Ask for a connection to a port inside the guest; the answer comes with `read_control`.

        Where nobody listens, the guest tries again for as long as it has patience.
        """
        self._next_id += 1
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        with theirs:
            self._order(told.Connect(self._next_id, port, patience_seconds), [theirs.fileno()])
        return Dial(ours, self._next_id, self._dials)

    def list_listeners(self) -> list[str]:
        """List the addresses on which something listens inside the guest."""
        self._order(told.ListListeners())
        addresses = self._expect(told.Listeners).addresses
        return [each for each in addresses if each not in self._forwards]

    def forward_port(self, port: int, target: int) -> None:
        """Lead a port inside the guest to a socket file, open as a place, until the next reset."""
        self._order(told.OpenPortForward(port), [target])
        event = self._expect(told.PortForwardOpened, told.Denied)
        if isinstance(event, told.Denied):
            raise PortTaken(
                f"Something in your sandbox listens on port {port}, where a service of this lab"
                f" should be: {event.reason}"
            )
        self._forwards.add(f"127.0.0.1:{port}")

    def close_forward(self, port: int) -> None:
        """Lead a port nowhere any more. Connections that are open stay."""
        self._order(told.ClosePortForward(port))
        self._expect(told.PortForwardClosed)
        self._forwards.discard(f"127.0.0.1:{port}")

    def open_listener(self, listener: socket.socket, port: int) -> None:
        """Lead connections to a listener of the check to a port inside the guest."""
        self._order(told.OpenListener(port), [listener.fileno()])
        self._expect(told.ListenerOpened)

    def close_listeners(self) -> None:
        """Have the guest accept no connections from outside any more."""
        self._order(told.CloseListeners())
        self._expect(told.ListenersClosed)

    def kill(self, number: int) -> None:
        """End a program and all that it has started; return when all of them are gone."""
        self._order(told.Kill(number))
        deadline = time.monotonic() + _ANSWER_SECONDS
        while number not in self._exits:
            if time.monotonic() > deadline:
                raise self.die()
            self.read_control()

    def find_exit(self, number: int) -> told.Exited | None:
        """Find how a program ended; None while it runs."""
        return self._exits.get(number)

    def read_control(self) -> list[told.Event]:
        """Take in what the launcher tells, and return it; exits and connections are kept too."""
        try:
            data = self.control.recv(1 << 16)  # recv, not recvmsg: a guest can hand us nothing
        except OSError as error:
            raise self.die() from error
        if not data:
            raise self.die()
        events: list[told.Event] = []
        try:
            self._decoder.feed(data)
            while (frame := self._decoder.next_frame()) is not None:
                events.append(_EVENTS.decode(frame))
        except MalformedMessage as error:
            raise self.die() from error
        for event in events:
            match event:
                case told.Exited():
                    self._exits[event.number] = event
                case told.Connected():
                    self._dials[event.number] = None
                case told.NotConnected():
                    self._dials[event.number] = event.reason
        return events

    def die(self) -> GuestFault:
        """Give the guest up and find out why it ended."""
        self.close()
        return self._engine.ask_why_guest_ended(self.name)

    def close(self) -> None:
        """Close the connection to the guest."""
        self.alive = False
        self._forget_waiting()
        self.control.close()

    def _go_on(self, plan: Plan, environment: Mapping[str, str]) -> Streams | None:
        """Let a program go on that waits with such streams; None if none does."""
        if self._waiting is None or not self._waiting[0].is_beginning_of(plan):
            return None
        self._order(told.GoOn(self._next_id, [*plan.argv], {**environment}))
        if isinstance(self._expect(told.Started, told.NotWaiting), told.NotWaiting):
            return None
        (_, streams), self._waiting = self._waiting, None
        return streams

    def _forget_waiting(self) -> None:
        """Close the streams of a program that waits; its launcher ends it by itself."""
        if self._waiting is not None:
            self._waiting[1].close()
            self._waiting = None

    def _order_with(self, streams: Streams, order: told.Order) -> None:
        try:
            self._order(order, streams.theirs)
        finally:
            streams.close_theirs()

    def _order(self, order: told.Order, send: Sequence[int] = ()) -> None:
        data = encode_message(order)
        try:
            sent = socket.send_fds(self.control, [data], send) if send else 0
            if sent < len(data):
                self.control.sendall(data[sent:])
        except OSError as error:
            raise self.die() from error

    def _expect(self, *kinds: type[Event]) -> Event:
        deadline = time.monotonic() + _ANSWER_SECONDS
        while time.monotonic() < deadline:
            for event in self.read_control():
                if isinstance(event, kinds):
                    return event
        raise self.die()


class RunningProgram:
    """A program in the guest with its streams. The caller closes it, and its channel."""

    def __init__(
        self,
        guest: GuestClient,
        plan: Plan,
        environment: Mapping[str, str],
        *,
        stdin: bytes = b"",
        copies: int = 0,
        settings: Settings,
    ) -> None:
        self._guest = guest
        self._limits = settings.limits
        self._has_cgroup = settings.has_cgroup
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
    def exit(self) -> told.Exited | None:
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
            raise LimitReached(self._limits.describe("output_bytes"), limit="output_bytes")

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

        The watch looks every 50 ms; what was over in less is told by the launcher. But of memory it
        knows the largest resident set alone, files that are only mapped included: where the kernel
        keeps the account of a guest's memory, only that counts.
        """
        ended = self.exit
        names = ("disk_bytes", "files") if self._has_cgroup else _LIMITED
        for name in names if ended is not None else ():
            if getattr(ended, name) > getattr(self._limits, name):
                raise LimitReached(self._limits.describe(name), limit=name)
