"""What an engine and its check processes tell each other.

The process that has a lab's checks collected forks one for each run. A run is told its Settings
first; then it reports, and asks one question at a time. Descriptors travel beside messages, where
their docstrings say so. What a component's two halves tell each other is opaque here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias, get_args

from milepost.engine.evidence.contract import Evidence
from milepost.engine.protocol.codec import Codec
from milepost.engine.protocol.guest_names import GuestName
from milepost.engine.protocol.settings import Settings
from milepost.engine.results import CheckInfo, CheckResult

# Engine and the process that forks runs


@dataclass(frozen=True, slots=True)
class ForkserverReady:
    """The lab's checks are collected, or it is known why they can't be."""


@dataclass(frozen=True, slots=True)
class BeginRun:
    """Fork a process for a run. Its socket comes along."""

    run: int


@dataclass(frozen=True, slots=True)
class EndRun:
    """End the process of a run, if it still runs."""

    run: int


# Reports of a run


@dataclass(frozen=True, slots=True)
class ChecksFound:
    """These checks will run, in this order."""

    checks: tuple[CheckInfo, ...]


@dataclass(frozen=True, slots=True)
class CheckBegins:
    """The check of this name runs from now on."""

    name: str


@dataclass(frozen=True, slots=True)
class CheckUsage:
    """The most that one check used; the names are those in Usage."""

    memory_peak_bytes: int
    output_bytes: int
    disk_bytes: int


@dataclass(frozen=True, slots=True)
class CheckEnded:
    """A check has ended; `limit` is the field of Limits that ended it."""

    result: CheckResult
    limit: str | None
    usage: CheckUsage


@dataclass(frozen=True, slots=True)
class EndedEarly:
    """The checks that have not begun will not run."""

    reason: str


@dataclass(frozen=True, slots=True)
class LabFailed:
    """The lab is broken, which is its author's fault."""

    reason: str


@dataclass(frozen=True, slots=True)
class CheckProcessFailed:
    """The check process met an error of its own. It ends here."""

    reason: str


@dataclass(frozen=True, slots=True)
class RunDone:
    """Every check that was to run has ended."""


# Questions of a run, and the replies


@dataclass(frozen=True, slots=True)
class AskGuest:
    """Is there a live guest of this name?"""

    guest: GuestName


@dataclass(frozen=True, slots=True)
class GuestGiven:
    """The guest's control socket comes along."""


@dataclass(frozen=True, slots=True)
class AskWhyGuestEnded:
    """End the guest of this name, if it still lives. Why is it gone?"""

    guest: GuestName


@dataclass(frozen=True, slots=True)
class GuestEnded:
    """A guest is gone, because of a limit or not."""

    limit: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class AskFile:
    """What is in this file of the submission?"""

    path: str


@dataclass(frozen=True, slots=True)
class FileGiven:
    """A file of the submission."""

    content: bytes


@dataclass(frozen=True, slots=True)
class NoSuchFile:
    """The submission has no file of that name."""


@dataclass(frozen=True, slots=True)
class AskFileNames:
    """Which files were handed in?"""


@dataclass(frozen=True, slots=True)
class FileNames:
    """The files of the submission, in order."""

    names: tuple[str, ...]


class Opening:
    """A question to a component that gives the running check what is its own.

    It is refused where the run is over, as others are not: a check may still end what it has.
    """

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class AskComponent:
    """A question to a component that the lab names, as JSON that the component's halves know."""

    component: str
    opens: bool  # whether it is an Opening
    question: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ComponentReply:
    """What a component replies, as JSON that its halves know. Descriptors may come along."""

    reply: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ComponentMissing:
    """The lab can't have what it asks of a component, which is its author's fault."""

    reason: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The run can't have it, because of a limit that it has reached."""

    limit: str
    reason: str


ForkserverOrder: TypeAlias = BeginRun | EndRun
Report: TypeAlias = (
    ChecksFound | CheckBegins | CheckEnded | EndedEarly | LabFailed | CheckProcessFailed | RunDone
)
Question: TypeAlias = AskGuest | AskWhyGuestEnded | AskFile | AskFileNames | AskComponent
GuestReply: TypeAlias = GuestGiven | Refused
FileReply: TypeAlias = FileGiven | NoSuchFile
ComponentAnswer: TypeAlias = ComponentReply | ComponentMissing | Refused


def _read_evidence(document: Any) -> Evidence:
    from milepost.engine.evidence.stored import evidence_from_json  # check processes read none

    return evidence_from_json(document)


FROM_FORKSERVER: Codec[ForkserverReady] = Codec(ForkserverReady)
TO_FORKSERVER: Codec[ForkserverOrder] = Codec(*get_args(ForkserverOrder))
OPENING: Codec[Settings] = Codec(Settings)
FROM_RUN: Codec[Report | Question] = Codec(
    *get_args(Report), *get_args(Question), readers={Evidence: _read_evidence}
)
GUEST_REPLIES: Codec[GuestReply] = Codec(*get_args(GuestReply))
GUEST_ENDS: Codec[GuestEnded] = Codec(GuestEnded)
FILE_REPLIES: Codec[FileReply] = Codec(*get_args(FileReply))
FILE_LISTS: Codec[FileNames] = Codec(FileNames)
COMPONENT_REPLIES: Codec[ComponentAnswer] = Codec(*get_args(ComponentAnswer))
