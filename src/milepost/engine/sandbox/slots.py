"""Slots: as root, every sandbox that runs at the same time has host users of its own.

Limits on processes count per user, and a guest must never meet another with the same user.
Slots are claimed with `flock`, across all workers of the machine, so a killed worker frees its
own. Ordinary users have one user only, their own, and need no slots.
"""

import fcntl
import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from milepost.engine.errors import IsolationUnavailable

SLOTS_FOLDER = Path("/run/milepost/slots")
# Above all that systemd, containers and /etc/subuid give out (they end at 0x6fffffff), below what
# 32-bit programs take for negative. Nobody has a name or a file there.
HIGH = range(1_900_000_000, 1_900_008_000)
# For containers that have the first 65536 users only: below 61184, where systemd's dynamic users
# begin.
LOW = range(61_000, 61_180)
_CAP_SETGID, _CAP_SETUID = 6, 7


@dataclass(slots=True)
class Slot:
    """The host users of one run; None means the user that Milepost runs as."""

    guest_uid: int | None
    check_uid: int | None
    _lock: int | None = None

    def release(self) -> None:
        """Let another run have the slot. Call it when nothing of this run is left."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def claim_slot() -> Slot:
    """Claim a free slot, or raise IsolationUnavailable if all are taken."""
    users = find_users()
    if not users:
        return Slot(guest_uid=None, check_uid=None)
    SLOTS_FOLDER.mkdir(parents=True, exist_ok=True, mode=0o755)
    for uid in users[::2]:
        lock = os.open(SLOTS_FOLDER / f"{uid}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            continue
        return Slot(guest_uid=uid, check_uid=uid + 1, _lock=lock)
    raise IsolationUnavailable(
        f"all {len(users) // 2} sandbox users of this machine are in use.",
        "Run fewer gradings at once.",
    )


@cache
def find_users() -> range:
    """Find users that belong to nobody else; none where this process may not become another."""
    if os.geteuid() != 0 or not _may_change_user():
        return range(0)
    mapped = [_a_range(first, count) for first, _, count in _rows("/proc/self/uid_map", None)]
    taken = [_a_range(*row[1:3]) for file in ("subuid", "subgid") for row in _rows(f"/etc/{file}")]
    taken += [
        _a_range(row[2], "1") for file in ("passwd", "group") for row in _rows(f"/etc/{file}")
    ]
    return choose_users(mapped, taken)


def choose_users(mapped: Iterable[range], taken: Iterable[range]) -> range:
    """Choose from the users that there are in this user namespace, past those that are taken."""
    for users in (HIGH, LOW):
        is_mapped = any(users[0] in each and users[-1] in each for each in mapped)
        if is_mapped and not any(_overlap(users, each) for each in taken):
            return users
    return range(0)


def _may_change_user() -> bool:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("CapEff:"))
    needed = 1 << _CAP_SETUID | 1 << _CAP_SETGID
    return int(line.split()[1], 16) & needed == needed


def _overlap(one: range, other: range) -> bool:
    return one.start < other.stop and other.start < one.stop


def _a_range(first: str, count: str) -> range:
    return range(int(first), int(first) + int(count))


def _rows(file: str, separator: str | None = ":") -> list[list[str]]:
    """Read a table; rows without a third column, which is a number everywhere, say nothing."""
    rows: list[list[str]] = []
    with suppress(OSError):
        text = Path(file).read_text(encoding="utf-8", errors="replace")
        rows = [line.split(separator) for line in text.splitlines()]
    return [row for row in rows if len(row) > 2 and row[2].isdigit()]  # noqa: PLR2004
