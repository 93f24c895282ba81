"""Lays out what checks run from: a fresh copy of `checks.py` and `data/`, as the lab was loaded.

No bytecode comes along, so that nothing stale can speak for the lab.
"""

from pathlib import Path

from milepost.labs.model import Lab


def write_checks(lab: Lab, folder: Path) -> Path:
    """Write the checks of a lab, and the data they read, into a folder; answer it."""
    folder.chmod(0o755)  # checks run as another user where Milepost runs as root
    for path, content in lab.files.items():
        if path == "checks.py" or path.startswith("data/"):
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
    return folder
