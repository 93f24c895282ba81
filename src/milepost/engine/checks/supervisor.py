"""A check process's only way out: the socket to the engine that started it.

It announces checks as they start and finish, and asks for a guest when it needs one. The engine
decides about guests and about the run; nothing is judged here.
"""

import socket
from collections.abc import Mapping
from typing import Any

from milepost.engine.checks.faults import GuestDied, GuestFault, GuestRefused, GuestTimedOut
from milepost.engine.guest.bounded_json import parse_object
from milepost.engine.guest.descriptors import receive_with_descriptors
from milepost.engine.guest.wire import Decoder, Frame, encode


class Supervisor:
    """Talks with the engine, one question at a time."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self._decoder = Decoder(parse_object)
        self._fds: list[int] = []

    def receive(self) -> Frame:
        """Wait for the engine's next message, with any descriptors that come along."""
        while (frame := self._decoder.next_frame()) is None:
            data, fds = receive_with_descriptors(self._channel, 1 << 20, 4)
            self._fds += fds
            if not data:
                raise ConnectionError("The engine has closed the run.")
            self._decoder.feed(data)
        return frame

    def say(self, what: str, **body: Any) -> None:
        """Tell the engine something that needs no answer."""
        self._channel.sendall(encode({"say": what, **body}))

    def ask_for_guest(self, number: int = 0) -> socket.socket:
        """Get the control socket of a live guest that holds the learner's files.

        Number 0 is the one that every run has; others are for replicas.
        """
        answer = self._ask("guest", number=number)
        if not answer["guest"]:
            raise GuestRefused(answer["reason"], limit=answer["limit"])
        return socket.socket(fileno=self._fds.pop(0))

    def ask_why_guest_ended(self, number: int = 0) -> GuestFault:
        """Let the engine end the guest, if it still lives, and say why it is gone."""
        answer = self._ask("end", number=number)
        fault = GuestTimedOut if answer["limit"] == "wall_seconds" else GuestDied
        return fault(answer["reason"], limit=answer["limit"])

    def ask_for_file(self, path: str) -> bytes | None:
        """Get a file that the learner handed in; None where there is none of that name."""
        self._channel.sendall(encode({"ask": "file", "path": path}))
        answer = self.receive()
        return answer.payload if answer.body["found"] else None

    def list_files(self) -> list[str]:
        """List the files that the learner handed in."""
        self._channel.sendall(encode({"ask": "files"}))
        names: list[str] = self.receive().body["names"]
        return names

    def ask_service(self, name: str, what: str, **more: Any) -> Mapping[str, Any]:
        """Ask a service of the lab for something; `take_descriptor` gets what came along."""
        self._channel.sendall(encode({"ask": "service", "service": name, "what": what, **more}))
        answer = self.receive().body
        if "broken" in answer:
            raise RuntimeError(answer["broken"])
        if "refused" in answer:
            raise GuestRefused(answer["reason"], limit=answer["limit"])
        return answer

    def take_descriptor(self) -> int:
        """Take over the next descriptor that came with an answer; whoever takes it closes it."""
        return self._fds.pop(0)

    def _ask(self, what: str, **more: Any) -> Mapping[str, Any]:
        self._channel.sendall(encode({"ask": what, **more}))
        return self.receive().body
