"""Finding the folders of labs that authors' commands are given, by slug or by path.

What lies in a folder is read by `labs.loading`. Whoever names none that exists is told which do.
"""

from pathlib import Path

from milepost.cli.problems import fail_used_wrongly


def list_lab_folders(content: Path) -> dict[str, Path]:
    """List the folders of all labs below the folder of all paths, by slug."""
    return {folder.name: folder for folder in sorted(content.glob("*/*/labs/*/"))}


def find_lab_folder(name: str, content: Path) -> Path:
    """Find the folder of a lab; ends the command, naming those that there are, without one."""
    known = list_lab_folders(content)
    folder = known.get(name, Path(name))
    if not folder.is_dir():
        fail_used_wrongly(f"There is no lab {name!r}. There is: {', '.join(known) or 'none'}.")
    return folder
