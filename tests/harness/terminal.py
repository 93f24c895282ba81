"""A learner's terminal: the real `milepost` in a process of its own, with a home of its own."""

import asyncio
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from factories.people import Learner

_SECONDS = 60


@dataclass(frozen=True)
class Answer:
    """What a command printed, and how it ended."""

    exit_code: int
    out: str
    err: str

    @property
    def words(self) -> str:
        """What was printed, wherever its lines were broken."""
        return " ".join(self.out.split())

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Terminal:
    """Runs `milepost` in a folder. Nothing of the developer's own configuration is seen."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.folder = home / "work"
        self.folder.mkdir()
        self.login_file = home / "config" / "milepost" / "login.json"

    def log_in(self, url: str, learner: Learner) -> None:
        """Be logged in, as `milepost login` would leave it."""
        self.login_file.parent.mkdir(parents=True, exist_ok=True)
        self.login_file.write_text(json.dumps({"url": url, "token": learner.token}))

    async def run(self, *arguments: str, cwd: Path | None = None, **environment: str) -> Answer:
        """Run a command to its end."""
        process = await self.start(
            *arguments, cwd=cwd, stdin=asyncio.subprocess.DEVNULL, **environment
        )
        out, err = await asyncio.wait_for(process.communicate(), _SECONDS)
        return Answer(process.returncode or 0, out.decode(), err.decode())

    async def start(
        self,
        *arguments: str,
        cwd: Path | None = None,
        stdin: int = asyncio.subprocess.DEVNULL,
        **environment: str,
    ) -> asyncio.subprocess.Process:
        """Start a command; its standard output can be read while it runs."""
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",  # as the installed command, which imports nothing from the folder it is run in
            "-m",
            "milepost.cli",
            *arguments,
            cwd=cwd or self.folder,
            env=self.environment(**environment),
            stdin=stdin,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )

    def environment(self, **more: str) -> dict[str, str]:
        """Return the environment that commands run in."""
        own = {
            "HOME": str(self.home),
            "XDG_CONFIG_HOME": str(self.home / "config"),
            "MILEPOST_DATA_DIR": str(self.home / "data"),
            "COLUMNS": "80",
            "TERM": "xterm-256color",
            "PYTHONUNBUFFERED": "1",
            "PYTHONIOENCODING": "utf-8",
        }
        programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        return {"PATH": programs, **own, **more}


async def read_until(process: asyncio.subprocess.Process, words: str) -> str:
    """Read a running command's standard output until `words` appear in it."""
    assert process.stdout is not None
    seen = ""
    async with asyncio.timeout(_SECONDS):
        while words not in seen:
            chunk = await process.stdout.read(1024)
            assert chunk, f"it ended before it said {words!r}: {seen}"
            seen += chunk.decode()
    return seen
