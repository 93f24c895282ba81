"""What the launcher of a guest is told, and what it tells.

Engine and check process give orders; the launcher reports, and is believed in nothing that matters:
they read its events with a `Codec`. Guests read orders with `decode_order`, which costs no import.
Descriptors travel beside messages, where it is said.
"""

from __future__ import annotations

from milepost.engine.protocol.frames import KIND, Frame, MalformedMessage

TYPE_CHECKING = False  # as in `typing`, whose import every guest would pay for
if TYPE_CHECKING:
    from typing import Any, TypeAlias, dataclass_transform
else:

    def dataclass_transform(**_: object) -> object:
        """Tell type checkers, which read the branch above, that fields are arguments."""
        return lambda kind: kind


@dataclass_transform(eq_default=True)
class _Slotted(type):
    """Makes slots of annotated fields. `dataclasses` would cost every guest 6 of its 20 ms."""

    __slots__: tuple[str, ...]  # of the classes that it makes

    def __new__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> _Slotted:
        namespace["__slots__"] = (*namespace.get("__annotations__", ()),)
        return super().__new__(cls, name, bases, namespace)


class Message(metaclass=_Slotted):
    """One message; its fields are given in their order, or by name."""

    def __init__(self, *values: object, **named: object) -> None:
        names = type(self).__slots__
        named.update(zip(names, values, strict=False))
        if named.keys() != {*names}:
            raise TypeError(f"{type(self).__name__} is made of {names}")
        for name in names:
            setattr(self, name, named[name])

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and repr(other) == repr(self)

    __hash__ = None  # type: ignore[assignment]  # lists are among the fields

    def __repr__(self) -> str:
        fields = (f"{name}={getattr(self, name)!r}" for name in type(self).__slots__)
        return f"{type(self).__name__}({', '.join(fields)})"


# Orders of the engine


class Preload(Message):
    """Import modules of the stack, warm them up, and know what to do before a fork waits."""

    modules: list[str]
    warm_up: str
    checkpoint: str


class Submitted(Message):
    """What the code of this run imports, as far as it can be read."""

    wanted: list[str]  # may be imported ahead
    own: list[str]  # modules of the submission
    used: list[str]  # must not have been imported by anybody else
    changes_path: bool
    looks_at_processes: bool


class Begin(Message):
    """Be bound to the limits of a run, by the names of module `resource`."""

    rlimits: dict[str, int]
    may_park: bool


class Put(Message):
    """Keep a file of the submission, or one built from it, and write it out at every reset."""

    path: str
    content: bytes
    is_program: bool


class Renew(Message):
    """Be as before the run that has ended: forget its files, and end all that it left."""


# Orders of a check process


class Reset(Message):
    """Give the next check a clean slate."""


class Write(Message):
    """Put a file of the check beside the learner's."""

    path: str
    content: bytes


class Remove(Message):
    """Take a file, or a folder with all that is in it, from the learner's."""

    path: str


class Prepare(Message):
    """Start a program that waits for GoOn; as many descriptors as `fds` says come along."""

    argv: list[str]
    environment: dict[str, str]
    modules: list[str]
    fds: int


class GoOn(Message):
    """Let the program that waits go on as if it had been started so."""

    number: int
    argv: list[str]
    environment: dict[str, str]


class Run(Message):
    """Start a program on the descriptors that come along: 0, 1, 2 and beyond."""

    number: int
    argv: list[str]
    environment: dict[str, str]
    copies: int
    fds: int


class Collect(Message):
    """Send the files that a build has left in a folder: at most so many, and so many bytes."""

    folder: str
    most_files: int
    most_bytes: int


class Kill(Message):
    """End a program and all that it has started."""

    number: int


class Connect(Message):
    """Connect the socket that comes along to a port inside."""

    number: int
    port: int
    patience_seconds: float


class ListListeners(Message):
    """List the addresses on which something listens inside."""


class OpenPortForward(Message):
    """Lead a port inside to the socket file that comes along."""

    port: int


class ClosePortForward(Message):
    """Have nothing listen on a port any more."""

    port: int


class OpenListener(Message):
    """Lead connections to the listener that comes along to a port inside."""

    port: int


class CloseListeners(Message):
    """Accept no connections from outside any more."""


# Events


class Ready(Message):
    """The launcher has started."""


class Preloaded(Message):
    """What was to be imported ahead is."""


class Begun(Message):
    """The launcher is bound to the limits of the run."""


class Renewed(Message):
    """Nothing of the run that has ended is left."""


class ResetDone(Message):
    """No process and no file but the submission's is left."""


class Written(Message):
    """The file is there."""


class Removed(Message):
    """The path is not there any more, or was not there before."""

    was_there: bool


class Started(Message):
    """The program runs."""

    number: int


class NotWaiting(Message):
    """No program waits that could go on so."""


class Denied(Message):
    """The system has refused what was ordered last."""

    reason: str


class Exited(Message):
    """A program has ended, and nothing that it had started is left."""

    number: int
    code: int
    seconds: float
    memory_bytes: int
    disk_bytes: int
    files: int


class Connected(Message):
    """The socket leads to the port."""

    number: int


class NotConnected(Message):
    """The socket leads nowhere, and is closed."""

    number: int
    reason: str


class Collected(Message):
    """One file of those asked for; its path is below their folder."""

    path: str
    content: bytes
    is_program: bool


class AllCollected(Message):
    """There are no more files."""


class Listeners(Message):
    """The addresses on which something listens inside."""

    addresses: list[str]


class PortForwardOpened(Message):
    """The port leads out."""


class PortForwardClosed(Message):
    """The port leads nowhere."""


class ListenerOpened(Message):
    """The listener leads in."""


class ListenersClosed(Message):
    """No listener leads in."""


Order: TypeAlias = (
    Preload
    | Submitted
    | Begin
    | Put
    | Renew
    | Reset
    | Write
    | Remove
    | Prepare
    | GoOn
    | Run
    | Collect
    | Kill
    | Connect
    | ListListeners
    | OpenPortForward
    | ClosePortForward
    | OpenListener
    | CloseListeners
)
Event: TypeAlias = (
    ResetDone
    | Written
    | Removed
    | Started
    | NotWaiting
    | Denied
    | Exited
    | Connected
    | NotConnected
    | Listeners
    | PortForwardOpened
    | PortForwardClosed
    | ListenerOpened
    | ListenersClosed
)
OfBuild: TypeAlias = ResetDone | Started | Denied | Exited | Collected | AllCollected
_ORDERS = {kind.__name__: kind for kind in Order.__args__}


def decode_order(frame: Frame) -> Message:
    """Return the order that a frame holds, or raise MalformedMessage.

    The types of its fields are not looked at: orders come from outside, which is trusted here.
    """
    body = {**frame.body}
    kind = _ORDERS.get(body.pop(KIND, ""))
    if kind is None:
        raise MalformedMessage("that is no order")
    if "content" in kind.__slots__:
        body["content"] = frame.payload
    try:
        order: Message = kind(**body)
    except TypeError as error:
        raise MalformedMessage(str(error)) from None
    return order
