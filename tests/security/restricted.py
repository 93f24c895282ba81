"""How cases end in the restricted tier where it is not as they say, and why; all others end alike.

SECURITY.md shows this as a table, which a test holds to it. Labs with servers are refused there, so
this is about cases at programs and functions.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from security.case import Caught, crashed, failed

KINDS = ("program", "solution")


@dataclass(frozen=True)
class Difference:
    """What is otherwise in one case: what catches the cheat, what it prints, what stops its twin."""

    caught: Caught | None = None
    prints: str | None = None
    twin: Caught | None = None


DIED = failed("test_sum", "A program that worked exits with 0")
ENDED = crashed("test_sum", "Your code ended its own sandbox.")
TWIN_DIES = Difference(twin=DIED)
NOT_IMPORTED = crashed("test_total", "Your module `main.py` could not be imported: PermissionError")

# What is different -> the cases that show it, by the names of their tests.
DIFFERENCES: Mapping[str, Mapping[str, Difference]] = {
    "Programs make no sockets, not even for themselves": {
        "program, python: calls out by TCP": TWIN_DIES,
        "program, python: calls out by UDP and DNS": TWIN_DIES,
        "program, python: calls out by unix and abstract sockets": TWIN_DIES,
        "program, python: looks for the server of the platform beside that of the lab": TWIN_DIES,
    },
    "Processes have pairs of streams, but hand on no descriptors": {
        "solution, python: hands a hundred descriptors to the check": Difference(
            caught=failed("test_total", "`total("), twin=NOT_IMPORTED
        ),
    },
    "Nobody changes modes, owners or times of files": {
        "program, python: makes its result file read-only": Difference(caught=DIED, twin=DIED),
        "program, python: makes programs that run as their owner": TWIN_DIES,
        "program, python: puts its own tools on PATH and its own library before all others": (
            Difference(caught=DIED)
        ),
        "program, python: turns the folder of what the check overlays read-only": Difference(
            caught=failed("test_prices", "It must add the prices of now")
        ),
    },
    "`/proc` can be neither listed nor read": {
        "program, python: reads the list of processes, and their secrets": TWIN_DIES,
        "program, python: calls out by raw, packet, vsock and netlink sockets": TWIN_DIES,
        "program, python: changes what its sandbox shows": TWIN_DIES,
        "program, python: turns knobs of the kernel": TWIN_DIES,
    },
    "`/dev/shm` can't be used, so there are no semaphores of `multiprocessing`": {
        "program, python: looks into memory that others share": TWIN_DIES,
    },
    "`/etc` can't be read": {
        "program, python: looks for secrets of the host and of Milepost": TWIN_DIES,
    },
    "The user has another number than 1000, and the machine its own name": {
        "program, python: finds key rings of the host or of other runs": TWIN_DIES,
        "program, python: administers the machine": TWIN_DIES,
    },
    "The launcher is no first process of a namespace, so it can be killed and stopped": {
        "program, python: ends the sandbox that it runs in": Difference(caught=ENDED),
        "program, node: ends every process that it can": Difference(caught=ENDED),
        "program, python: stops the launcher": Difference(
            caught=crashed("test_told", "Your code ended its own sandbox.")
        ),
    },
    "Whether a file or a process of the host is there, whose, how large and how old it is can be asked"
    " for, if its path is guessed and the user of the sandbox may see it; what is in it can't": {
        "program, python: asks whether files and processes of the host are there": Difference(
            prints="[True, True, True, True]\n"
        ),
    },
}
BY_CASE = {name: each for cases in DIFFERENCES.values() for name, each in cases.items()}

# With those above, what `make test` runs: at least one for each wall that this tier has of its own.
SHORT = frozenset(
    {
        "program, python: reads checks and answers where they lie on the host",
        "program, python: reads them through links and ..",
        "program, python: looks for the files of other submissions and other runs",
        "program, python: takes over the launcher's memory and sockets",
        "program, python: has descriptors left that were not meant for it",
        "program, node: has descriptors left that were not meant for it",
        "program, python: forks without end",
        "program, python: takes memory in many processes",
        "program, python: takes memory that no process maps: files without a name",
        "program, python: takes memory in a process whose first thread has ended",
        "program, python: fills the disk with a file that it has deleted",
        "program, python: fills the disk with files that it has deleted, and hands them on from fork to fork",
        "program, python: makes files without end",
        "program, python: never ends and ignores every signal that it can",
        "program, python: becomes another user or group",
        "program, python: makes device files",
        "program, python: raises its own limits and rank",
        "program, python: makes new namespaces",
        "program, python: writes where sandboxes are read-only",
        "program, python: calls what exploits are made of",
        "program, python: signals what it should not know",
        "program, python: keeps it in files of every folder that it may write to",
        "program, python: keeps it in files that are hard to delete",
        "program, python: leaves links to the host's folders where its sandbox is emptied",
        "solution, python: answers with a value far deeper than that",
    }
)


def write_table() -> str:
    """Write the differences as SECURITY.md shows them."""
    rows = ["| in the restricted tier | so these cases end otherwise |", "|---|---|"]
    for what, cases in DIFFERENCES.items():
        names = "; ".join(name.partition(": ")[2] + _said(each) for name, each in cases.items())
        rows.append(f"| {what} | {names} |")
    return "\n".join(rows)


def _said(difference: Difference) -> str:
    """Say which of a case ends otherwise."""
    if difference.caught is None and difference.prints is None:
        return " (the twin)"
    return " (both)" if difference.twin is not None else ""
