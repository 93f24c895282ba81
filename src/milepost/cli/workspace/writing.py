"""Writing into a learner's folder what came from a server: only new files, and through no link.

Which names are written at all is settled before, in `work_folder`. Invariant: each folder on the
way is opened as a folder and by no link, so nothing is ever written outside of the one that was
named.
"""

import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


def write_new(folder: Path, files: Mapping[str, str]) -> None:
    """Write files that don't exist yet, by relative path, below a folder that does."""
    for path, text in files.items():
        *above, name = path.split("/")
        with _opened(folder, above) as parent:
            _write_at(parent, name, text)


def replace_file(folder: Path, name: str, text: str) -> None:
    """Put a file in the place of the one of this name, whole; raises OSError if that is a link."""
    if (folder / name).is_symlink():
        raise FileExistsError(f"{folder / name} is a link")
    with _opened(folder, []) as parent:
        unfinished = f".{name}-{secrets.token_hex(8)}"
        _write_at(parent, unfinished, text)
        try:
            os.replace(unfinished, name, src_dir_fd=parent, dst_dir_fd=parent)
        except OSError:
            os.unlink(unfinished, dir_fd=parent)
            raise


@contextmanager
def _opened(folder: Path, below: list[str]) -> Iterator[int]:
    """Open a folder below another, made where it is missing; no part below may be a link."""
    descriptor = os.open(folder, _FOLDER)
    try:
        for name in below:
            with suppress(FileExistsError):
                os.mkdir(name, dir_fd=descriptor)
            inner = os.open(name, _FOLDER | os.O_NOFOLLOW, dir_fd=descriptor)
            os.close(descriptor)
            descriptor = inner
        yield descriptor
    finally:
        os.close(descriptor)


def _write_at(parent: int, name: str, text: str) -> None:
    descriptor = os.open(name, _NEW_FILE, 0o666, dir_fd=parent)
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as stream:
        stream.write(text)
