"""The restricted tier: sandboxes without namespaces, where everything else is forbidden instead.

A sandbox is then a throw-away folder in which its places lie as links, and its processes may open
those places and nothing else (Landlock), make no socket (seccomp), and belong to a user of their
own where root starts them. The program above them is `subreaper`; what differs is in SECURITY.md.
"""

import base64
import json
import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from milepost.engine.agent.path_translation import MOUNTS, SANDBOX, PathTranslation
from milepost.engine.sandbox.landlock import READ, READ_DIR, READ_FILE, WRITE, WRITE_FILE
from milepost.engine.sandbox.seccomp import filter_for
from milepost.engine.sandbox.slots import SLOTS_FOLDER
from milepost.engine.sandbox.spec import SandboxSpec

_SUBREAPER = Path(__file__).with_name("subreaper.py")
_SANDBOXES_OF_USERS = SLOTS_FOLDER.with_name("sandboxes")
_DEVICES = {"/dev/null": READ_FILE | WRITE_FILE, "/dev/zero": READ_FILE, "/dev/full": WRITE_FILE}
_RANDOM = {"/dev/urandom": READ_FILE, "/dev/random": READ_FILE}
_LOADER = {"/etc/ld.so.cache": READ_FILE, "/etc/localtime": READ_FILE}
_SHARED_MEMORY = "/dev/shm"  # noqa: S108 - the host's, which has no room for guests
_OTHERS_MAY_ENTER = 0o001


@dataclass(frozen=True, slots=True)
class View:
    """A sandbox's folder, and what the places in it are for its program."""

    folder: Path
    paths: PathTranslation
    allowed: Mapping[str, int]  # path on the host -> Landlock's rights
    scratch: tuple[str, ...]
    shares_user: bool


def make_view(spec: SandboxSpec, uid: int | None) -> View:
    """Make the folder of a sandbox, with its places in it."""
    folder = _make_folder(uid)
    scratch = [each.path for each in spec.scratch if each.path != _SHARED_MEMORY]
    for path in scratch:
        made = Path(f"{folder}{path}")
        made.mkdir(parents=True)
        made.chmod(0o700)
        if uid is not None:
            os.chown(made, uid, uid)
    moved = {inside: str(path) for inside, path in spec.shown.items() if inside != str(path)}
    links = {inside: moved.get(target, target) for inside, target in spec.links.items()}
    for inside, target in {**moved, **links}.items():
        link = Path(f"{folder}{inside}")
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(target)
    names = {"/".join(inside.split("/")[:3]) for inside in moved if inside.startswith("/opt/")}
    names |= {inside for inside in moved if not inside.startswith("/opt/")}
    allowed = {**_DEVICES, **_RANDOM, **_LOADER, str(folder): READ}
    for shown in spec.shown.values():
        allowed |= _without_masked(shown.resolve(), spec.masked)
    allowed |= {f"{folder}{path}": READ | WRITE for path in scratch}
    places = PathTranslation(str(folder), sorted({*names, *scratch}))
    return View(folder, places, allowed, tuple(scratch), shares_user=uid is None)


def start_subreaper(
    spec: SandboxSpec, view: View, uid: int | None, said: int, lifeline: int, fds: Sequence[int]
) -> subprocess.Popen[bytes]:
    """Start the process that keeps the sandbox and starts its program."""
    environment = view.paths.find_all(spec.environment) | {
        SANDBOX: view.paths.root,
        MOUNTS: ":".join(view.paths.names),
    }
    program = Path(view.paths.find(spec.argv[0]))
    order = {
        "argv": [str(program.resolve()), *map(view.paths.find, spec.argv[1:])],
        "environment": environment,
        "directory": view.paths.find(spec.directory),
        "folder": str(view.folder),
        "uid": uid,
        "reads_past_owners": uid is not None and not _may_reach(spec.shown.values()),
        "allowed": dict(view.allowed),
        "refused": base64.b64encode(filter_for(spec.inhabitant, restricted=True)).decode(),
    }
    hidden = os.memfd_create("milepost")
    try:
        os.write(hidden, json.dumps(order).encode())
        return subprocess.Popen(
            [sys.executable, "-I", "-S", str(_SUBREAPER), str(hidden), str(lifeline)],
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            pass_fds=(hidden, lifeline, *fds),
            env={},
            cwd="/",
            start_new_session=True,
        )
    finally:
        os.close(hidden)


def count_tasks(uid: int) -> int:
    """Count a user's processes and threads, which the kernel counts together with a sandbox's."""
    count = 0
    for entry in os.scandir("/proc"):
        with suppress(OSError):
            if entry.name.isdigit() and entry.stat().st_uid == uid:
                count += sum(1 for _ in os.scandir(f"/proc/{entry.name}/task"))
    return count


def _make_folder(uid: int | None) -> Path:
    name = f"milepost-sandbox-{secrets.token_hex(6)}"
    if uid is None:
        folder = Path(tempfile.gettempdir()).resolve() / name
        folder.mkdir(mode=0o700)
        return folder
    _SANDBOXES_OF_USERS.mkdir(parents=True, exist_ok=True, mode=0o711)
    folder = _SANDBOXES_OF_USERS / name
    folder.mkdir(mode=0o700)
    os.chown(folder, uid, uid)
    return folder


def _without_masked(path: Path, masked: Sequence[str]) -> dict[str, int]:
    """Allow a path, or else, where something in it is to be hidden, all that is beside that."""
    hidden = [real for each in masked if (real := Path(each).resolve()).is_relative_to(path)]
    if not hidden:
        return {str(path): READ}
    beside = {str(each): READ for each in path.iterdir() if each not in hidden}
    return {str(path): READ_DIR, **beside}  # importing needs the names, which hides nothing


def _may_reach(paths: Iterable[Path]) -> bool:
    """Return whether any user may reach all of these paths."""
    folders = {folder for path in paths for folder in path.resolve().parents}
    return all(folder.stat().st_mode & _OTHERS_MAY_ENTER for folder in folders)
