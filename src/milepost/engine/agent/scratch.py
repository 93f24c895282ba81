"""The guest's own folders: writing a submission's files there, emptying them, counting their use.

Only the launcher does this. Invariant: nothing here follows a symbolic link that learner code made.
"""

from __future__ import annotations

import os
import stat

from milepost.engine.agent.path_translation import PathTranslation

TYPE_CHECKING = False  # as in `typing`, whose import every guest would pay for
if TYPE_CHECKING:
    from collections.abc import Iterator

MOUNTS = PathTranslation.of(os.environ)
WORK = MOUNTS.find("/work")
# Mounts in memory, or without namespaces two folders.
SCRATCH = (WORK, MOUNTS.find("/tmp"), *([] if MOUNTS.root else ["/dev/shm"]))  # noqa: S108


def write_file(path: str, content: bytes, *, is_program: bool = False) -> None:
    """Write one file below the work folder, without ever following a symbolic link."""
    folders, name = _split(path)
    folder = os.open(WORK, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for part in folders:
            _make_folder(part, folder)
            folder = _enter(part, folder)
        _remove(name, folder)
        mode = 0o755 if is_program else 0o644
        fd = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode, dir_fd=folder)
    finally:
        os.close(folder)
    with os.fdopen(fd, "wb") as file:
        file.write(content)


def remove(path: str) -> bool:
    """Delete a file, or a folder with all that is in it, below the work folder, if it is there."""
    folders, name = _split(path)
    folder = os.open(WORK, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for part in folders:
            folder = _enter(part, folder)
        _remove_all(name, folder)
    except (FileNotFoundError, NotADirectoryError):
        return False
    finally:
        os.close(folder)
    return True


def read_files(folder: str, most_files: int, most_bytes: int) -> Iterator[tuple[str, bytes, bool]]:
    """Read the files below a folder: their paths, contents, and whether they can be started.

    Raises OSError where there are more files or bytes. Links and devices are left out.
    """
    for path, _, names in os.walk(folder):
        for name in sorted(names):
            status = os.lstat(f"{path}/{name}")
            if not stat.S_ISREG(status.st_mode):
                continue
            most_files, most_bytes = most_files - 1, most_bytes - status.st_size
            if most_files < 0 or most_bytes < 0:
                raise OSError("there are more files, or larger ones, than a run may have")
            fd = os.open(f"{path}/{name}", os.O_RDONLY | os.O_NOFOLLOW)
            with os.fdopen(fd, "rb") as file:
                content = file.read(status.st_size)
            yield f"{path}/{name}"[len(folder) + 1 :], content, bool(status.st_mode & 0o100)


def scratch_use() -> tuple[int, int]:
    """Count the bytes and the inodes in use on all scratch mounts, or in the folders."""
    if MOUNTS.root:
        uses = [_folder_use(folder) for folder in SCRATCH]
        return sum(used for used, _ in uses), sum(files for _, files in uses)
    found = [os.statvfs(folder) for folder in SCRATCH]
    used_bytes = sum((each.f_blocks - each.f_bfree) * each.f_frsize for each in found)
    return used_bytes, sum(each.f_files - each.f_ffree for each in found)


def _folder_use(folder: str) -> tuple[int, int]:
    used_bytes = files = 0
    for path, folders, names in os.walk(folder):
        files += len(folders) + len(names)
        for name in names:
            used_bytes += _size_of(f"{path}/{name}")
    return used_bytes, files


def _size_of(path: str) -> int:
    try:
        return os.lstat(path).st_blocks * 512
    except OSError:
        return 0


def _split(path: str) -> tuple[list[str], str]:
    """Return the folders of a path below the work folder, and its last name."""
    *folders, name = [part for part in path.split("/") if part not in {"", "."}] or [""]
    if not name or ".." in (*folders, name) or path.startswith("/"):
        raise OSError(f"{path!r} is not a path inside the work folder")
    return folders, name


def _enter(name: str, folder: int) -> int:
    """Open a folder within an open one, which is closed then; a link is refused."""
    inner = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=folder)
    os.close(folder)
    return inner


def _remove_all(name: str, folder: int) -> None:
    """Delete what has this name in an open folder. Learner code may be running meanwhile."""
    if not stat.S_ISDIR(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode):
        os.unlink(name, dir_fd=folder)
        return
    inner = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=folder)
    try:
        for each in os.listdir(inner):
            _remove_all(each, inner)
    finally:
        os.close(inner)
    os.rmdir(name, dir_fd=folder)


def _make_folder(name: str, folder: int) -> None:
    try:
        os.mkdir(name, dir_fd=folder)
    except FileExistsError:
        return


def _remove(name: str, folder: int) -> None:
    try:
        os.unlink(name, dir_fd=folder)
    except FileNotFoundError:
        return


def empty(folder: str) -> None:
    """Delete all that is in a folder."""
    # Nothing else runs while this does, so there is no race with whoever made these names.
    for entry in list(os.scandir(folder)):
        if entry.is_dir(follow_symlinks=False):
            if not MOUNTS.root:  # where it is refused
                os.chmod(entry.path, 0o700)
            empty(entry.path)
            os.rmdir(entry.path)
        else:
            os.unlink(entry.path)
