"""The streams of one program in a guest: pipes, and where it is called a channel, with our ends.

They are made here and handed in, never taken from a guest. What goes through them is not looked at.
"""

import os
import socket
from dataclasses import dataclass, replace

OUTPUTS = ("stdout", "stderr")


@dataclass(frozen=True, slots=True)
class Plan:
    """How a program is started: its command, and what it gets beside standard input."""

    argv: tuple[str, ...]
    merged: bool = False  # both outputs are one stream, in the order in which it came
    has_channel: bool = False  # a socket on descriptor 3

    def without_arguments(self) -> "Plan | None":
        """Return the command and its file alone; None where something else follows the command."""
        command, *rest = self.argv
        if not rest or rest[0].startswith("-"):
            return None
        return replace(self, argv=(command, rest[0]))

    def is_beginning_of(self, other: "Plan") -> bool:
        """Whether the other is started in this way, with further arguments or none."""
        return replace(other, argv=other.argv[: len(self.argv)]) == self


class Streams:
    """The streams of one program. Their maker closes them."""

    def __init__(self, plan: Plan) -> None:
        outputs = OUTPUTS[:1] if plan.merged else OUTPUTS
        pipes = [os.pipe() for _ in ("stdin", *outputs)]
        for pipe in pipes:
            for fd in pipe:
                os.fchmod(fd, 0o666)  # so that /dev/stdout can be opened by the guest's user
        self.ours = {"stdin": pipes[0][1]}
        self.ours |= {name: pipe[0] for name, pipe in zip(outputs, pipes[1:], strict=True)}
        for fd in self.ours.values():
            os.set_blocking(fd, False)
        self.theirs = [pipes[0][0], pipes[1][1]]
        self.theirs.append(os.dup(pipes[1][1]) if plan.merged else pipes[2][1])
        self.channel: socket.socket | None = None
        if plan.has_channel:
            self.channel, theirs = socket.socketpair()
            self.theirs.append(theirs.detach())

    def close_theirs(self) -> None:
        """Close the ends that the guest has by now."""
        while self.theirs:
            os.close(self.theirs.pop())

    def close(self) -> None:
        """Close everything that is still open."""
        self.close_theirs()
        for fd in self.ours.values():
            os.close(fd)
        self.ours.clear()
        if self.channel is not None:
            self.channel.close()
