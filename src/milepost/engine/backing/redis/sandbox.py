"""What a check's Redis sees and how it is set: a sandbox of its own, nothing kept, little allowed.

It starts nothing. No network, no user without a password, no persistence, and no command for
learner code that could change the server, look at others or leave the sandbox. Whatever learner
code could turn up without end has a bound here or in `host`.
"""

from hashlib import sha256
from pathlib import Path

from milepost.embedded import Program
from milepost.engine.backing.messages import Login
from milepost.engine.backing.redis import BYTES, CONNECTIONS
from milepost.engine.limits import MEBIBYTE, Limits
from milepost.engine.sandbox import SandboxSpec, Scratch
from milepost.engine.sandbox_specs import system_folders

OUTSIDE = "/outside"  # inside; the folder that server and engine share
SOCKET_FILE = "redis.sock"
OWN_CONNECTIONS = 4  # of the check, beside those that learner code may have
_SERVER = "/opt/redis-server"
_BUFFER_BYTES = 8 * MEBIBYTE  # of answers that a client does not read; then it is hung up on
# A server that goes over it ends by itself. Its engine looks on and is quicker (`host`).
_BACKSTOP_BYTES = 256 * MEBIBYTE
_BOUND = 'ulimit -c 0; ulimit -d "$1"; shift; exec "$@"'
_HARMLESS = (
    # In the category "dangerous", but dangerous to nobody else here.
    *("+keys", "+sort", "+flushdb", "+flushall", "+info"),
    # Of CLIENT, which can also kill others, what libraries use.
    *("+client|id", "+client|getname", "+client|setname", "+client|reply"),
    *("+client|tracking", "+client|trackinginfo", "+client|caching"),
    *("-script", "+script|load", "+script|exists"),
)
_HARMLESS_SINCE_7 = ("+client|setinfo", "+client|no-touch")
# A check is trusted with verdicts. It does not need what would leave the server broken.
_NOT_EVEN_CHECKS = ("-shutdown", "-debug", "-module", "-replicaof", "-failover", "-acl", "-migrate")


def redis_sandbox(
    program: Program, outside: Path, learner: Login, checker: Login, limits: Limits
) -> SandboxSpec:
    """Build the sandbox of one server."""
    bound = str((BYTES.of(limits) + _BACKSTOP_BYTES) // 1024)
    settings = _settings(limits)
    return SandboxSpec(
        argv=(
            *("/bin/sh", "-c", _BOUND, "redis", bound, _SERVER),
            *(word for name, value in settings.items() for word in (f"--{name}", *value.split())),
            *("--save", ""),
            # A client without a name is `default`, who may do everything unless told otherwise.
            *("--user", "default", "reset", "off"),
            *_user(learner, "+@all", "-@admin", "-@dangerous", "-acl", *_allowed(program)),
            *_user(checker, "+@all", *_NOT_EVEN_CHECKS),
        ),
        shown={
            **system_folders(),
            _SERVER: program.executable,
            "/bin/sh": Path("/bin/sh").resolve(),
        },
        kept={OUTSIDE: outside},
        scratch=(Scratch("/tmp", MEBIBYTE),),  # noqa: S108 - the sandbox's own
        environment={"LC_ALL": "C", "TZ": "UTC"},
        directory="/tmp",  # noqa: S108
        memory_bytes=BYTES.of(limits) + 2 * _BACKSTOP_BYTES,  # a killed server says no reason
        processes=16,
    )


def _settings(limits: Limits) -> dict[str, str]:
    return {
        "port": "0",
        "unixsocket": f"{OUTSIDE}/{SOCKET_FILE}",
        "unixsocketperm": "777",  # who reaches it still needs a password
        "daemonize": "no",
        "appendonly": "no",
        "loglevel": "warning",
        "maxmemory": str(BYTES.of(limits)),
        "maxmemory-policy": "noeviction",  # as Redis has it by default
        "maxclients": str(CONNECTIONS.of(limits) + OWN_CONNECTIONS),
        "proto-max-bulk-len": str(min(BYTES.of(limits), 16 * MEBIBYTE)),
        "client-query-buffer-limit": str(min(BYTES.of(limits), 16 * MEBIBYTE)),
        "client-output-buffer-limit": f"normal {_BUFFER_BYTES} 0 0",
        "lua-time-limit": "1000",  # then others are told that it is busy, not kept waiting
        "crash-memcheck-enabled": "no",
    }


def _allowed(program: Program) -> tuple[str, ...]:
    major, minor, *_ = (int(part) for part in program.version.split("."))
    is_recent = program.title == "Valkey" or (major, minor) >= (7, 2)
    return _HARMLESS + (_HARMLESS_SINCE_7 if is_recent else ())


def _user(login: Login, *rules: str) -> tuple[str, ...]:
    """Write a user down by the hash of a random password, since command lines can be read."""
    secret = sha256(login.password.encode()).hexdigest()
    return ("--user", login.role, "reset", "on", f"#{secret}", "~*", "&*", *rules)
