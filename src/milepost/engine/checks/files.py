"""Which files of a lab hold its checks: `checks.py`, or one for each task in `checks/`.

What several of those use stands in `checks/support.py`. The engine asks from outside of the sandbox
too, to know when checks have changed. That a lab has one of both forms is seen to in `labs`.
"""

import os
import traceback
from pathlib import Path

from milepost.engine.agent.path_translation import SANDBOX

LAB = Path(f"{os.environ.get(SANDBOX, '')}/lab")  # where the check process finds it
ONE_FILE = "checks.py"
FOLDER = "checks"
SUPPORT = "checks/support.py"
SUPPORT_MODULE = "checks.support"


def list_check_files(lab: Path) -> list[Path]:
    """List the files with checks, in the order in which they run: that of the lab's tasks."""
    if not (lab / FOLDER).is_dir():
        return [lab / ONE_FILE]
    import tomllib  # most labs have one file

    tasks = tomllib.loads((lab / "lab.toml").read_text(encoding="utf-8"))["tasks"]
    files = [lab / FOLDER / f"{task['slug']}.py" for task in tasks]
    return [file for file in files if file.is_file()]  # a learner has no file of hidden checks only


def list_check_sources(lab: Path) -> list[Path]:
    """List all files that the checks are made of."""
    support = lab / SUPPORT
    return [*list_check_files(lab), *([support] if support.is_file() else [])]


def find_place(error: BaseException) -> tuple[str, int] | None:
    """Find the last line of a lab's checks that an error went through: its file, and its number."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        path = Path(frame.filename)
        if path.name == ONE_FILE and frame.lineno is not None:
            return ONE_FILE, frame.lineno
        if path.is_relative_to(LAB / FOLDER) and frame.lineno is not None:
            return path.relative_to(LAB).as_posix(), frame.lineno
    return None
