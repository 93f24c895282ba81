"""What a lab's databases are filled with: its SQL files for a component, and their state.

Where `data/` has a folder named as the component, only what is in there is for it: a lab on two
databases has a schema for each. Templates of databases are found by the key.
"""

import hashlib
from pathlib import Path

from milepost.engine.checks.files import list_check_sources
from milepost.engine.request import DATA_SETS

Key = tuple[str, int]


def list_data_files(lab: Path, component: str) -> list[Path]:
    """List the SQL files of a lab that fill a component's databases, by their names."""
    own = lab / "data" / component
    return sorted((own if own.is_dir() else lab / "data").glob("*.sql"))


def key_of_data(lab: Path, seed: int) -> Key:
    """Name the data that a run needs: the lab's checks and data as they are now, and a set."""
    digest = hashlib.sha256()
    data = sorted(path for path in (lab / "data").rglob("*") if path.is_file())
    for path in (*list_check_sources(lab), *data):
        content = path.read_bytes()
        for part in (str(path.relative_to(lab)).encode(), content):
            digest.update(len(part).to_bytes(8, "big"))
            digest.update(part)
    return digest.hexdigest(), seed % DATA_SETS
