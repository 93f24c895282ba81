"""Lays out what checks run from: a fresh copy of them and of `data/`, as the lab was loaded.

`lab.toml` comes along, for the order of tasks. No bytecode does, so that nothing stale can speak
for the lab.
"""

from pathlib import Path

from milepost.labs.check_files import is_check_file
from milepost.labs.model import Lab


def write_checks(lab: Lab, folder: Path) -> Path:
    """Write the checks of a lab, and the data they read, into a folder, and return that."""
    folder.chmod(0o755)  # checks run as another user where Milepost runs as root
    for path, content in lab.files.items():
        if is_check_file(path) or path.startswith("data/") or path == "lab.toml":
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
    return folder
