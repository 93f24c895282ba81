"""What a sandbox looks like from inside, and the bubblewrap arguments that build it.

A sandbox shows only what it names: read-only paths, a small /etc of its own, sized scratch folders,
no network, no host user, no environment. Starting one is `process`. Only a server's sandbox keeps a
folder of the host writable; a sandbox with a stranger's code in it never does.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from milepost.engine.limits import MEBIBYTE
from milepost.engine.sandbox.seccomp_rules import Inhabitant

ETC = Path(__file__).parent / "etc"
_ISOLATION = (
    "--unshare-all",
    "--unshare-user",  # as root, --unshare-all alone leaves the guest all capabilities
    "--disable-userns",
    *("--uid", "1000", "--gid", "1000", "--hostname", "lab"),
    *("--cap-drop", "ALL"),
    "--die-with-parent",
    "--new-session",
    "--clearenv",
)


# They name the host user's keys: where Milepost runs as an ordinary user, that is the guest's too.
_KEY_LISTINGS = ("/proc/keys", "/proc/key-users")


@dataclass(frozen=True, slots=True)
class Scratch:
    """A writable folder in memory. bubblewrap sets no size unless told."""

    path: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class SandboxSpec:
    """Everything a sandboxed process can see, and what it is started as."""

    argv: tuple[str, ...]
    shown: Mapping[str, Path]  # path inside -> path on the host, read-only
    kept: Mapping[str, Path] = field(default_factory=dict)  # the same, but writable
    links: Mapping[str, str] = field(default_factory=dict)  # path inside -> target inside
    masked: tuple[str, ...] = ()
    scratch: tuple[Scratch, ...] = (Scratch("/tmp", 16 * MEBIBYTE),)  # noqa: S108 - not the host's
    environment: Mapping[str, str] = field(default_factory=dict)
    directory: str = "/"
    memory_bytes: int | None = None  # the most that all in it may use, where groups are to be had
    processes: int | None = None
    inhabitant: Inhabitant = Inhabitant.LEARNER  # which says what system calls are refused
    reaps: bool = False  # its program is the first process itself, and reaps whoever is left alone


def bubblewrap_arguments(spec: SandboxSpec, host_path: Callable[..., Path]) -> list[str]:
    """Build the arguments after `bwrap`; `host_path` says where a path of the host is found."""
    arguments = [*_ISOLATION, *(("--as-pid-1",) if spec.reaps else ())]
    for inside, path in sorted({"/etc": ETC, **spec.shown}.items()):
        arguments += ["--ro-bind", str(host_path(path)), inside]
    for inside, path in spec.kept.items():
        arguments += ["--bind", str(host_path(path, writable=True)), inside]
    for inside, target in spec.links.items():
        arguments += ["--symlink", target, inside]
    for inside in spec.masked:
        arguments += ["--size", "4096", "--tmpfs", inside, "--remount-ro", inside]
    arguments += ["--proc", "/proc", "--dev", "/dev"]
    for listing in _KEY_LISTINGS:
        if Path(listing).exists():  # not every kernel has key rings
            arguments += ["--ro-bind", "/dev/null", listing]
    for scratch in spec.scratch:
        arguments += ["--size", str(scratch.size_bytes), "--tmpfs", scratch.path]
    # Both are memory of unlimited size, so they must not stay writable.
    arguments += ["--remount-ro", "/dev", "--remount-ro", "/"]
    for name, value in spec.environment.items():
        arguments += ["--setenv", name, value]
    return [*arguments, "--chdir", spec.directory]
