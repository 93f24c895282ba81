"""Renews the lock files of the stacks that are named, or of all: `scripts/lock_stacks.py [NAME…]`.

Run it after changing what a stack `needs`. It asks the package indexes; installing from the locks
is `milepost stacks install`. Invariant: a lock names versions and hashes, and no download address.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from uv import find_uv_bin

from milepost.engine.stacks.descriptions import Libraries, find_description, list_names
from milepost.engine.stacks.libraries import write_package_json

OLDEST_PYTHON = "3.11"
NPM = Path(sys.prefix) / "bin" / "npm"


def main(names: list[str]) -> None:
    """Write the locks."""
    for name in names or list_names():
        description = find_description(name)
        if description is None:
            sys.exit(f"There is no stack {name!r}. There is: {', '.join(list_names())}.")
        if description.libraries is not None:
            lock = lock_with_uv if description.libraries.installer == "uv" else lock_with_npm
            lock(description.libraries)
            print(f"Wrote {description.libraries.lock.name}")


def lock_with_uv(libraries: Libraries) -> None:
    """Pin for every platform and Python that Milepost runs on."""
    subprocess.run(
        [
            *(find_uv_bin(), "pip", "compile", "--universal", "--python-version", OLDEST_PYTHON),
            *("--generate-hashes", "--no-header", "--upgrade", "--quiet"),
            *("--output-file", str(libraries.lock), "-"),
        ],
        input="\n".join(libraries.needs),
        text=True,
        check=True,
    )


def lock_with_npm(libraries: Libraries) -> None:
    """Pin by integrity alone: the address of a package depends on who installs it."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "package.json").write_text(write_package_json(libraries), encoding="utf-8")
        subprocess.run(
            [
                *(str(NPM), "install", "--package-lock-only", "--ignore-scripts", "--no-audit"),
                *("--no-fund", "--omit-lockfile-registry-resolved", "--loglevel=error"),
            ],
            cwd=folder,
            check=True,
        )
        libraries.lock.write_bytes((Path(folder) / "package-lock.json").read_bytes())


if __name__ == "__main__":
    main(sys.argv[1:])
