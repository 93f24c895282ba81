"""The two sandboxes of a grading: the guest's, with a stack and a work folder, and the checks' own.

Neither shows the other's files: checks, data and answers never enter the guest's sandbox, and
learner code never enters the checks'. How a sandbox is built is `sandbox`.
"""

import site
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path

from milepost.engine.limits import MEBIBYTE, Limits
from milepost.engine.sandbox import Inhabitant, SandboxSpec, Scratch, Tier
from milepost.engine.sandbox.probe import IsolationStatus, probe
from milepost.engine.stacks import Stack
from milepost.engine.stacks.runtimes import Runtime, find_interpreter, library_folders

_ENGINE = Path(__file__).parent
_SOURCE = _ENGINE.parent
_ZONES = Path("/usr/share/zoneinfo")
_ENGINE_INSIDE = "/opt/milepost/milepost/engine"
_GUEST_CODE = ("agent", "protocol")  # of the engine, all that a guest sees
_HARNESS = "/opt/harness"
_PYTHON = "/usr/local/bin/python"
# Not by `-m`, for which Python imports `runpy` and what that needs: a sixth of its start.
_LAUNCH = "from milepost.engine.agent.launcher import main; main()"
_ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": "/work"}
# What a sandbox without namespaces must refuse; whatever is not refused is printed, and fails it.
_ESCAPE = """
import os, socket, sys
def attempt(name, act):
    try:
        act()
    except OSError:
        return
    sys.exit(name + " was not refused")
attempt("reading a file of the host", lambda: open("/etc/passwd").close())
attempt("writing beside the sandbox", lambda: os.mkdir(os.environ["MILEPOST_SANDBOX"] + "-probe"))
attempt("listing processes", lambda: os.listdir("/proc"))
attempt("a socket", lambda: socket.socket(socket.AF_UNIX).close())
attempt("a signal to a process outside", lambda: os.kill(os.getppid(), 0))
attempt("changing a mode", lambda: os.chmod(os.environ["MILEPOST_SANDBOX"], 0o755))
"""
_HEADROOM = 8 * MEBIBYTE  # above a limit, so that going over it is seen and named


@cache
def probe_isolation(tier: str | None = None) -> IsolationStatus:
    """Find out, once, whether this machine can isolate code, in that tier if one is named.

    Answers why not, never raises.
    """
    interpreter = find_interpreter()
    spec = SandboxSpec(
        argv=(_PYTHON, "-I", "-S", "-c", "pass"),
        shown=system_folders() | _shown(interpreter),
        links={_PYTHON: str(interpreter.executable)},
        masked=tuple(str(path) for path in interpreter.masked),
    )
    escape = replace(spec, argv=(_PYTHON, "-I", "-S", "-c", _ESCAPE))
    return probe(spec, escape, Tier(tier) if tier is not None else None)


def guest_sandbox(stack: Stack, limits: Limits, control_fd: int) -> SandboxSpec:
    """Build the sandbox that learner code runs in. Its first process is the launcher."""
    interpreter = find_interpreter()  # the launcher is Python, whatever the stack
    shown = system_folders() | _shown(interpreter)
    executable = str(interpreter.executable)
    links = {_PYTHON: executable}
    if stack.runtime.executable != interpreter.executable:
        executable = stack.runtime.executable_in_guest
        shown |= stack.runtime.shown_in_guest
    links |= {f"/usr/local/bin/{name}": executable for name in stack.commands}
    own = {f"{_ENGINE_INSIDE}/{name}": _ENGINE / name for name in _GUEST_CODE}
    if stack.harness_folder is not None:
        shown |= {_HARNESS: stack.harness_folder}
    size = limits.disk_bytes + _HEADROOM
    return SandboxSpec(
        argv=(_PYTHON, "-P", "-s", "-S", "-c", _LAUNCH, str(control_fd)),
        shown={**shown, **(stack.libraries or {}), **own},
        links=links,
        masked=tuple(str(path) for path in interpreter.masked),
        scratch=tuple(Scratch(path, size) for path in ("/dev/shm", "/tmp", "/work")),  # noqa: S108
        environment=_launcher_environment(stack),
        directory="/work",
        reaps=True,
    )


def program_environment(stack: Stack, *, harness: bool) -> dict[str, str]:
    """Say what a learner's program, or the harness around their functions, sees as environment."""
    own = stack.harness_environment if harness else {}
    return {**_ENVIRONMENT, **stack.environment, **own}


def _launcher_environment(stack: Stack) -> dict[str, str]:
    """Say what the launcher sees: what it imports for learner code must be found, and be the same.

    The seed of hashes, for one, is fixed when an interpreter starts, and a fork keeps it.
    """
    own = stack.environment if stack.preload else {}
    path = ":".join(["/opt/milepost", *filter(None, [own.get("PYTHONPATH")])])
    return {**_ENVIRONMENT, **own, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}


def guest_rlimits(stack: Stack, limits: Limits) -> dict[str, int]:
    """Turn limits into what the kernel enforces by itself, a little above what the watch enforces.

    RLIMIT_AS would break Node.js; RLIMIT_DATA counts what is really a program's own.
    """
    return {
        "RLIMIT_CORE": 0,
        "RLIMIT_CPU": int(limits.wall_seconds) + 1,
        "RLIMIT_DATA": 2 * limits.memory_bytes + stack.reserves_mebibytes * MEBIBYTE,
        "RLIMIT_FSIZE": limits.disk_bytes + _HEADROOM,
        "RLIMIT_NOFILE": limits.open_files,
        "RLIMIT_NPROC": 2 * limits.processes + 4,
    }


def check_sandbox(lab: Path, channel_fd: int, components: str) -> SandboxSpec:
    """Build the sandbox that a lab's checks run in: pytest, and the lab read-only.

    `components` says which fixtures its process loads. What a run has of them is reached through
    descriptors that its checks are given.
    """
    interpreter = find_interpreter()
    packages = {f"/opt/packages/{n}": path for n, path in enumerate(_package_folders())}
    python_path = ":".join(["/opt/milepost", *packages])
    return SandboxSpec(
        argv=(
            _PYTHON,
            "-P",
            "-s",
            "-S",
            "-m",
            "milepost.engine.checks.main",
            str(channel_fd),
            components,
        ),
        shown={
            **system_folders(),
            **_shown(interpreter),
            **packages,
            "/opt/milepost/milepost": _SOURCE,
            "/lab": lab,
        },
        links={_PYTHON: str(interpreter.executable)},
        masked=tuple(str(path) for path in interpreter.masked),
        environment=_ENVIRONMENT
        | {"HOME": "/tmp", "PYTHONPATH": python_path, "PYTHONHASHSEED": "0"}  # noqa: S108
        | {"PYTHONDONTWRITEBYTECODE": "1", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        directory="/lab",
        inhabitant=Inhabitant.CHECKS,
    )


def system_folders() -> dict[str, Path]:
    """Name what every sandbox sees of the system: its shared libraries and its time zones."""
    folders = {str(folder): folder for folder in library_folders()}
    return folders | ({str(_ZONES): _ZONES} if _ZONES.is_dir() else {})


def _shown(runtime: Runtime) -> dict[str, Path]:
    return {str(path): path for path in runtime.paths}


def _package_folders() -> list[Path]:
    found = [*site.getsitepackages([sys.prefix]), *sys.path]
    folders = (Path(folder) for folder in found if folder.endswith("-packages"))
    return [folder for folder in dict.fromkeys(folders) if folder.is_dir()]
