"""A check process's only way out: the socket to the engine that started it.

It reports checks as they start and end, and asks for a guest when it needs one. The engine
decides about guests and about the run; nothing is judged here.
"""

import socket
from typing import Any, TypeVar, assert_never

from milepost.engine.agent.descriptors import receive_with_descriptors
from milepost.engine.checks.faults import GuestDied, GuestFault, GuestRefused, GuestTimedOut
from milepost.engine.protocol.bounded_json import parse_object
from milepost.engine.protocol.check_process import (
    COMPONENT_REPLIES,
    FILE_LISTS,
    FILE_REPLIES,
    GUEST_ENDS,
    GUEST_REPLIES,
    AskComponent,
    AskFile,
    AskFileNames,
    AskGuest,
    AskWhyGuestEnded,
    ComponentMissing,
    ComponentReply,
    FileGiven,
    GuestGiven,
    NoSuchFile,
    Opening,
    Question,
    Refused,
    Report,
)
from milepost.engine.protocol.codec import Codec, encode, write
from milepost.engine.protocol.frames import Decoder
from milepost.engine.protocol.guest_names import GuestName

Message = TypeVar("Message")


class EngineClient:
    """Talks with the engine, one question at a time."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self._decoder = Decoder(parse_object)
        self._fds: list[int] = []

    def receive(self, expected: Codec[Message]) -> Message:
        """Wait for the engine's next message, with any descriptors that come along."""
        while (frame := self._decoder.next_frame()) is None:
            data, fds = receive_with_descriptors(self._channel, 1 << 20, 4)
            self._fds += fds
            if not data:
                raise ConnectionError("The engine has closed the run.")
            self._decoder.feed(data)
        return expected.decode(frame)

    def report(self, report: Report) -> None:
        """Send the engine a report, which needs no reply."""
        self._channel.sendall(encode(report))

    def ask_for_guest(self, name: GuestName) -> socket.socket:
        """Get the control socket of a live guest that holds the learner's files."""
        match reply := self._ask(AskGuest(name), GUEST_REPLIES):
            case GuestGiven():
                return socket.socket(fileno=self._fds.pop(0))
            case Refused(limit, reason):
                raise GuestRefused(reason, limit=limit)
            case _:
                assert_never(reply)

    def ask_why_guest_ended(self, name: GuestName) -> GuestFault:
        """Have the engine end the guest, if it still lives, and return why it is gone."""
        ended = self._ask(AskWhyGuestEnded(name), GUEST_ENDS)
        fault = GuestTimedOut if ended.limit == "wall_seconds" else GuestDied
        return fault(ended.reason, limit=ended.limit)

    def ask_for_file(self, path: str) -> bytes | None:
        """Get a file that the learner handed in; None where there is none of that name."""
        match reply := self._ask(AskFile(path), FILE_REPLIES):
            case FileGiven(content):
                return content
            case NoSuchFile():
                return None
            case _:
                assert_never(reply)

    def list_files(self) -> list[str]:
        """List the files that the learner handed in."""
        return [*self._ask(AskFileNames(), FILE_LISTS).names]

    def ask_component(self, name: str, question: Any, expected: Codec[Message]) -> Message:
        """Ask a component of the lab something; `take_descriptor` gets what came along."""
        asked = AskComponent(name, isinstance(question, Opening), write(question))
        match reply := self._ask(asked, COMPONENT_REPLIES):
            case ComponentReply(body):
                return expected.read(body)
            case ComponentMissing(reason):
                raise RuntimeError(reason)
            case Refused(limit, reason):
                raise GuestRefused(reason, limit=limit)
            case _:
                assert_never(reply)

    def take_descriptor(self) -> int:
        """Take over the next descriptor that came with a reply; the caller closes it."""
        return self._fds.pop(0)

    def _ask(self, question: Question, expected: Codec[Message]) -> Message:
        self._channel.sendall(encode(question))
        return self.receive(expected)
