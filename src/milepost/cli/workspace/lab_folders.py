"""Finding the folders of labs that authors' commands are given, by slug or by path.

What lies in a folder is read by `labs.loading`. Whoever names none that exists is told which do.
"""

from pathlib import Path

from milepost.cli.output.problems import fail_used_wrongly
from milepost.labs import list_lab_folders


def find_lab_folder(name: str, content: Path) -> Path:
    """Find the folder of a lab; ends the command, naming those that there are, without one."""
    known = list_lab_folders(content)
    folder = known.get(name, Path(name))
    if not folder.is_dir():
        fail_used_wrongly(f"There is no lab {name!r}. There is: {', '.join(known) or 'none'}.")
    return folder
