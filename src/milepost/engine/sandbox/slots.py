"""Slots: as root, every sandbox that runs at the same time has host users of its own.

Limits on processes count per user, and a guest must never meet another with the same user.
Slots are claimed with `flock`, across all workers of the machine, so a killed worker frees its
own. Ordinary users have one user only, their own, and need no slots.
"""

import fcntl
import os
from dataclasses import dataclass
from pathlib import Path

from milepost.engine.errors import IsolationUnavailable

SLOTS_FOLDER = Path("/run/milepost/slots")
_FIRST_UID = 61000  # below 61184, where systemd's dynamic users begin
_SLOTS = 90


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
    if os.geteuid() != 0:
        return Slot(guest_uid=None, check_uid=None)
    SLOTS_FOLDER.mkdir(parents=True, exist_ok=True, mode=0o755)
    for number in range(_SLOTS):
        lock = os.open(SLOTS_FOLDER / f"{number}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            continue
        uid = _FIRST_UID + 2 * number
        return Slot(guest_uid=uid, check_uid=uid + 1, _lock=lock)
    raise IsolationUnavailable(
        f"all {_SLOTS} sandbox users of this machine are in use.", "Run fewer gradings at once."
    )
