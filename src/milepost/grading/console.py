"""The folder that a lab's console is run from: the lab's data and `seed`, and a check of ours.

Made once for each version of a lab. Invariant: of a lab's own checks only the file with `seed`
comes along, as the module that checks share, so none of them is run.
"""

import hashlib
import shutil
from pathlib import Path

from milepost.core.ids import new_id
from milepost.engine.checks.files import FOLDER, ONE_FILE, SUPPORT

_CHECK = Path(__file__).parent / "example_checks" / "console.py"
_MANIFEST = '[[tasks]]\nslug = "console"\n'


def find_console(lab: Path) -> Path:
    """Return the folder of the console of an unpacked lab, which is made unless it is there."""
    state = hashlib.sha256(_CHECK.read_bytes()).hexdigest()[:12]
    folder = lab.with_name(f"{lab.name}-console-{state}")
    if not folder.exists():
        _make(lab, folder)
    return folder


def _make(lab: Path, folder: Path) -> None:
    aside = folder.with_name(f".{new_id()}")
    try:
        (aside / FOLDER).mkdir(parents=True)
        if (lab / "data").is_dir():
            shutil.copytree(lab / "data", aside / "data")
        shared = next((f for f in (lab / SUPPORT, lab / ONE_FILE) if f.is_file()), None)
        if shared is not None:
            shutil.copyfile(shared, aside / SUPPORT)
        shutil.copyfile(_CHECK, aside / FOLDER / _CHECK.name)
        (aside / "lab.toml").write_text(_MANIFEST, encoding="utf-8")
        aside.rename(folder)
    except OSError:
        if not folder.exists():  # another worker may have been quicker, and that is fine
            raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)
