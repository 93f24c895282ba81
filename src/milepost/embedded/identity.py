"""Decides as whom PostgreSQL runs, since it refuses to run as root.

Ordinary users run it as themselves. Root runs it in a user namespace (its files stay root's), or,
where namespaces are blocked or the folder already belongs to somebody, as that other user.
Invariant: the chosen identity was tried with the real program before anything is written.
"""

import contextlib
import os
import pwd
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

from milepost.embedded.errors import FolderNotUsable
from milepost.embedded.parent_death import dying_with_parent

_SERVICE_ACCOUNTS = ("milepost", "postgres", "nobody")
# What files of uids that are not in the namespace look like: never a uid to be seen as.
_OVERFLOW_UID = 65534


@dataclass(frozen=True, slots=True)
class Identity:
    """How a server is run: as ourselves, in a user namespace, or as another user."""

    flags: tuple[str, ...] = ()
    uid: int | None = None
    gid: int | None = None

    def give(self, *paths: Path) -> None:
        """Hand paths over to the other user, where there is one."""
        if self.uid is not None and self.gid is not None:
            for path in paths:
                os.chown(path, self.uid, self.gid, follow_symlinks=False)


def choose_identity(postgres: Path, cluster: Path) -> Identity:
    """The identity under which `postgres` can serve `cluster`, which need not exist yet.

    Raises `FolderNotUsable` when there is none.
    """
    owner = _owner_of(cluster)
    if os.geteuid() != 0:
        if owner not in {None, os.geteuid()}:
            raise _belongs_to_another(cluster, owner)
        return Identity()
    candidates = [_as_user(owner)] if owner else [_hidden_root(), *_service_users()]
    reached = next(each for each in cluster.parents[1:] if each.is_dir())
    for identity in candidates:
        if identity is not None and _works(identity, postgres, reached):
            return identity
    raise FolderNotUsable(
        "PostgreSQL does not run as root, user namespaces are blocked here, and no other account "
        f"can reach both {postgres.parent} and {cluster.parent}.",
        fix="Run Milepost as an ordinary user, or set MILEPOST_DATABASE_URL "
        "to a PostgreSQL that exists.",
    )


def _owner_of(cluster: Path) -> int | None:
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        return cluster.stat().st_uid
    return None


def _belongs_to_another(cluster: Path, owner: int | None) -> FolderNotUsable:
    return FolderNotUsable(
        f"{cluster} belongs to another user (uid {owner}), so PostgreSQL would refuse it.",
        fix="Start Milepost as that user, hand it over "
        f"(sudo chown -R {os.geteuid()} {cluster.parent}), "
        "or choose another folder with MILEPOST_DATA_DIR.",
    )


def _hidden_root() -> Identity:
    """Root in a namespace, seen as a uid that has an account: initdb looks up its name."""
    seen = next((each.pw_uid for each in pwd.getpwall() if 0 < each.pw_uid < _OVERFLOW_UID), 1000)
    return Identity(("--namespace", str(seen)))


def _service_users() -> list[Identity | None]:
    names = [name for name in _SERVICE_ACCOUNTS if _has_account(name)]
    return [_as_user(pwd.getpwnam(name).pw_uid) for name in names]


def _has_account(name: str) -> bool:
    with contextlib.suppress(KeyError):
        return bool(pwd.getpwnam(name))
    return False


def _as_user(uid: int) -> Identity | None:
    try:
        gid = pwd.getpwuid(uid).pw_gid
    except KeyError:
        gid = uid
    return Identity(("--user", str(uid), str(gid)), uid, gid)


def _works(identity: Identity, postgres: Path, folder: Path) -> bool:
    """Whether the program starts, and the folder is reachable, under this identity."""
    trials = ([str(postgres), "--version"], ["/bin/sh", "-c", 'cd "$0"', str(folder)])
    return all(_runs(identity, trial) for trial in trials)


def _runs(identity: Identity, program: list[str]) -> bool:
    command = dying_with_parent(program, on_orphaned=signal.SIGKILL, identity=identity.flags)
    try:
        return subprocess.run(command, capture_output=True, check=False, timeout=30).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False
