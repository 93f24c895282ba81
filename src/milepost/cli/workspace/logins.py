"""Where this machine remembers which server it is logged in to, and the token for it.

One login at a time. Invariant: the file is only ever readable by its owner, and whole.
"""

import json
import os
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import platformdirs


@dataclass(frozen=True, slots=True)
class Login:
    """A server, and the token that it gave this terminal."""

    url: str
    token: str = field(repr=False)


def login_file() -> Path:
    """Return where the login is kept."""
    return platformdirs.user_config_path("milepost") / "login.json"


def find_login() -> Login | None:
    """Return the login of this machine, if there is one."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        told = json.loads(login_file().read_text(encoding="utf-8"))
        return Login(url=str(told["url"]), token=str(told["token"]))
    return None


def remember_login(login: Login) -> None:
    """Keep a login, in place of the one before."""
    file = login_file()
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = file.with_suffix(".unfinished")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        json.dump({"url": login.url, "token": login.token}, stream)
    unfinished.replace(file)


def forget_login() -> None:
    """Forget the login."""
    login_file().unlink(missing_ok=True)
