"""What a document store sees and how it is set: a sandbox of its own, nothing kept.

No network: it listens on one socket file. It trusts whoever reaches that, which is the check
process alone: learner code speaks with the check's relay, which lets through what is harmless.
"""

from pathlib import Path

from milepost.embedded import Program
from milepost.engine.backing.mongo import BYTES
from milepost.engine.backing.mongo.program import MONGODB, find_folder
from milepost.engine.limits import MEBIBYTE, Limits
from milepost.engine.sandbox import SandboxSpec, Scratch
from milepost.engine.sandbox_specs import system_folders

SOCKET_FILE = "mongo.sock"
OWN_BYTES = 192 * MEBIBYTE  # what a server needs for itself, beside data
_OUTSIDE = "/outside"  # inside; the folder that server and engine share
_SOCKET = f"{_OUTSIDE}/{SOCKET_FILE}"
_MONGOD = "/opt/mongod"
_BUILT = "/opt/mongo"
_DATA = "/data"
_DISK_BYTES = 512 * MEBIBYTE
_SMALL = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:-UsePerfData")
# It says why it ends where the engine reads it, and ends rather than limp on.
_OPEN_WORDS = ("-XX:+DisplayVMOutputToStderr", "-XX:+ExitOnOutOfMemoryError")


def mongo_sandbox(program: Program, outside: Path, limits: Limits) -> SandboxSpec:
    """Build the sandbox of one server."""
    is_mongod = program.title == MONGODB
    return SandboxSpec(
        argv=_mongod_line() if is_mongod else _java_line(limits),
        shown={
            **system_folders(),
            **({_MONGOD: program.executable} if is_mongod else {_BUILT: find_folder(program)}),
        },
        kept={_OUTSIDE: outside},
        scratch=(
            Scratch("/tmp", MEBIBYTE),  # noqa: S108 - the sandbox's own
            *((Scratch(_DATA, _DISK_BYTES),) if is_mongod else ()),
        ),
        environment={"LC_ALL": "C.UTF-8", "TZ": "UTC"},
        directory="/tmp",  # noqa: S108
        # A server that the kernel ends says no reason; its engine looks on and is quicker.
        memory_bytes=BYTES.of(limits) + 2 * OWN_BYTES + (_DISK_BYTES if is_mongod else 0),
        processes=128,
    )


def _java_line(limits: Limits) -> tuple[str, ...]:
    heap = f"-Xmx{(BYTES.of(limits) + 16 * MEBIBYTE) // MEBIBYTE}m"
    return (
        *(f"{_BUILT}/runtime/bin/java", *_SMALL, *_OPEN_WORDS, heap),
        *("-Dslf4j.internal.verbosity=ERROR", "-Dio.netty.noUnsafe=true"),
        *("-cp", f"{_BUILT}/jars/own:{_BUILT}/jars/*", "DocumentServer", _SOCKET),
    )


def _mongod_line() -> tuple[str, ...]:
    return (
        *(_MONGOD, "--dbpath", _DATA, "--bind_ip", _SOCKET, "--filePermissions", "0777"),
        *("--noscripting", "--wiredTigerCacheSizeGB", "0.25"),
        *("--setParameter", "diagnosticDataCollectionEnabled=false"),
    )
