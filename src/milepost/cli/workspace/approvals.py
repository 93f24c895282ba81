"""Which commands a person has allowed to run on this machine, and in which folder.

A lab's command is chosen by its server, so it is shown and asked for once. Remembered in the
person's own configuration: what lies in a work folder may have come from a stranger.
"""

import hashlib
import json
import os
import secrets
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import platformdirs

_MOST = 500  # folders come and go; the oldest are asked for again


def is_approved(folder: Path, argv: Sequence[str], server: str) -> bool:
    """Whether the person has allowed this command of this server in this folder."""
    return _read().get(str(folder.resolve())) == _digest(argv, server)


def approve(folder: Path, argv: Sequence[str], server: str) -> None:
    """Remember that the person allows it, in place of what they allowed there before."""
    approved = _read()
    approved.pop(str(folder.resolve()), None)
    approved[str(folder.resolve())] = _digest(argv, server)
    file = _file()
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = file.with_suffix(f".{secrets.token_hex(8)}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        json.dump(dict(list(approved.items())[-_MOST:]), stream, indent=2)
    unfinished.replace(file)


def _file() -> Path:
    return platformdirs.user_config_path("milepost") / "commands.json"


def _read() -> dict[str, str]:
    with suppress(OSError, ValueError):
        told = json.loads(_file().read_text(encoding="utf-8"))
        if isinstance(told, dict):
            return told
    return {}


def _digest(argv: Sequence[str], server: str) -> str:
    return hashlib.sha256(json.dumps([server, *argv]).encode()).hexdigest()
