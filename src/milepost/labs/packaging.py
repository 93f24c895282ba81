"""Packs a lab into a zip for another machine, and unpacks one that a stranger may have made.

Taking hidden checks out is for `stripping`. Solutions are in a package of their own, which no
learner fetches, and flawed ones in none; an archive that lies is refused whole.
"""

import io
import json
import os
import shutil
import stat
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

from milepost.labs.check_files import is_check_file
from milepost.labs.equivalents import EQUIVALENTS_NAME
from milepost.labs.hints import HINTS_NAME
from milepost.labs.loading import PACKAGE_NAME
from milepost.labs.manifest import render_learner_manifest
from milepost.labs.model import Lab, files_below
from milepost.labs.names import find_clash, find_path_problem
from milepost.labs.stripping import strip_hidden_checks
from milepost.labs.tree import LARGEST_FILE_BYTES, LARGEST_LAB_BYTES, MOST_FILES

FORMAT = 1
HIDDEN_DATA = "data/hidden/"

_EARLIEST = (1980, 1, 1, 0, 0, 0)  # one lab gives the same bytes at any time
_PLAIN_FILE = 0o100644 << 16
_ENCRYPTED = 0x1


class PackageRefused(ValueError):
    """A lab package was not unpacked, because it is damaged or made to do harm."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"The lab's package was not unpacked: {reason} Fetch it again.")
        self.reason = reason


def package_lab(lab: Lab, *, include_hidden: bool) -> bytes:
    """Pack what a run of the checks needs; without hidden checks where a learner receives it."""
    files = {
        path: content
        for path, content in lab.files.items()
        if not path.startswith(("solutions/", "flawed/", EQUIVALENTS_NAME, HINTS_NAME))
        and (include_hidden or not path.startswith(HIDDEN_DATA))
    }
    files["lab.toml"] = render_learner_manifest(lab)
    if not include_hidden:
        sources = {
            path: files.pop(path).decode("utf-8") for path in lab.files if is_check_file(path)
        }
        files |= {path: each.encode() for path, each in strip_hidden_checks(sources).items()}
    files[PACKAGE_NAME] = _describe(lab, include_hidden=include_hidden)
    return _write_archive(files)


def list_package(package: bytes) -> list[str]:
    """Return the paths of a package's files, without unpacking it. Raises PackageRefused."""
    return sorted(_read_archive(package))


def package_solutions(lab: Lab) -> bytes:
    """Pack a lab's solutions, each in a folder `STACK/NAME`, for a server to keep."""
    return _write_archive(
        {
            f"{solution.stack}/{solution.name}/{path}": content
            for solution in lab.solutions()
            for path, content in solution.files.items()
        }
    )


def read_solutions_package(package: bytes, stack: str) -> dict[str, dict[str, bytes]]:
    """Return the solutions of one stack by name, each with its files by relative path."""
    solutions: dict[str, dict[str, bytes]] = {}
    for path, content in files_below(_read_archive(package), f"{stack}/").items():
        name, _, inner = path.partition("/")
        solutions.setdefault(name, {})[inner] = content
    return solutions


def unpack_lab(package: bytes, folder: Path) -> None:
    """Unpack into a folder that does not exist yet, or is empty; all of it or nothing.

    Raises PackageRefused for anything but plain files within the limits of a lab.
    """
    files = _read_archive(package)
    folder.parent.mkdir(parents=True, exist_ok=True)
    if folder.is_symlink() or (folder.exists() and any(folder.iterdir())):
        raise PackageRefused(f"{folder} holds files already, which would be mixed with the lab's.")
    scratch = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        for path, content in files.items():
            target = scratch / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        scratch.chmod(0o755)
        os.replace(scratch, folder)  # noqa: PTH105 - replaces an empty folder on every system
    except FileExistsError as error:
        raise PackageRefused("one path in it is both a file and a folder.") from error
    except NotADirectoryError as error:
        raise PackageRefused("one path in it is both a file and a folder.") from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _describe(lab: Lab, *, include_hidden: bool) -> bytes:
    still_inside = lab.hidden_checks if include_hidden else 0
    description = {
        "format": FORMAT,
        "slug": lab.slug,
        "content_hash": lab.content_hash,
        "include_hidden": include_hidden,
        "hidden_checks": lab.hidden_checks - still_inside,
    }
    return (json.dumps(description, indent=2) + "\n").encode()


def _write_archive(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(files):
            member = zipfile.ZipInfo(path, date_time=_EARLIEST)
            member.external_attr = _PLAIN_FILE
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, files[path])
    return buffer.getvalue()


def _read_archive(package: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(package)) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            _refuse_hostile_members(members)
            return _read_members(archive, members)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, UnicodeDecodeError) as error:
        raise PackageRefused(f"it is not a whole zip archive ({error}).") from error


def _refuse_hostile_members(members: list[zipfile.ZipInfo]) -> None:
    if len(members) > MOST_FILES:
        raise PackageRefused(f"it holds more than {MOST_FILES} files.")
    names = [member.orig_filename for member in members]
    if len(set(names)) != len(names):
        raise PackageRefused("it holds one file twice.")
    if clash := find_clash(names):
        raise PackageRefused(clash)
    for member in members:
        # The name as it was written: zipfile would cut it at a NUL and turn backslashes.
        if problem := find_path_problem(member.orig_filename):
            raise PackageRefused(problem)
        mode = member.external_attr >> 16
        if stat.S_IFMT(mode) not in {0, stat.S_IFREG}:
            raise PackageRefused(f"{member.filename} is a link or a device.")
        if member.flag_bits & _ENCRYPTED:
            raise PackageRefused(f"{member.filename} is encrypted.")


def _read_members(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    total_bytes = 0
    for member in members:
        # What a header says of sizes may be a lie, so the reading itself is bounded.
        with archive.open(member) as stream:
            content = stream.read(LARGEST_FILE_BYTES + 1)
        total_bytes += len(content)
        if len(content) > LARGEST_FILE_BYTES or total_bytes > LARGEST_LAB_BYTES:
            raise PackageRefused(f"{member.filename} unpacks to more than a lab may hold.")
        files[member.filename] = content
    return files
