"""What a check's balancer sees and how it is set: nginx in its own sandbox, before replicas.

It starts nothing. No network: clients come and replicas are reached by unix sockets only. Its
settings are nginx's own, as people meet them, but for the times after which it tries again.
"""

from pathlib import Path

from milepost.embedded import Program
from milepost.engine.backing.balancer.messages import SERVED_BY, replica_socket
from milepost.engine.limits import MEBIBYTE, Limits
from milepost.engine.sandbox import SandboxSpec, Scratch
from milepost.engine.sandbox_specs import system_folders

SOCKET_FILE = "balancer.sock"
REPLICAS_FOLDER = "replicas"  # where check processes put the sockets of their replicas
# Answers may command nginx by headers, such as to ask another replica instead: then one that keeps
# everything to itself could answer for all.
_COMMANDS = "X-Accel-Redirect X-Accel-Buffering X-Accel-Charset X-Accel-Limit-Rate X-Accel-Expires"
_OUTSIDE = "/outside"  # inside; the folder that server and engine share
_CONFIG_FILE = "nginx.conf"
_NGINX = "/opt/nginx"
_MOST_BYTES = 128 * MEBIBYTE
_BOUND = 'ulimit -c 0; ulimit -d "$1"; shift; exec "$@"'
_CONFIG = """
daemon off;
master_process off;
pid /tmp/nginx.pid;
events {{ worker_connections 512; }}
http {{
    access_log off;
    client_max_body_size 16m;
    proxy_max_temp_file_size 0;
    upstream replicas {{
{servers}
    }}
    server {{
        listen unix:{outside}/{socket};
        location / {{
            proxy_pass http://replicas;
            proxy_http_version 1.1;
            proxy_set_header Host $http_host;
            proxy_set_header Connection "";
            proxy_set_header X-Forwarded-Proto http;
            proxy_read_timeout {seconds}s;
            proxy_hide_header {served_by};
            proxy_ignore_headers {commands};
            add_header {served_by} $upstream_addr always;
        }}
    }}
}}
"""


def write_config(folder: Path, replicas: int, limits: Limits) -> None:
    """Write what nginx is told into the folder that it shares with this side."""
    sockets = f"unix:{_OUTSIDE}/{REPLICAS_FOLDER}"
    servers = "\n".join(
        f"        server {sockets}/{replica_socket(number)} fail_timeout=1s;"
        for number in range(1, replicas + 1)
    )
    config = _CONFIG.format(
        servers=servers,
        outside=_OUTSIDE,
        socket=SOCKET_FILE,
        seconds=max(int(limits.run_seconds), 1),
        served_by=SERVED_BY,
        commands=_COMMANDS,
    )
    (folder / _CONFIG_FILE).write_text(config, encoding="ascii")
    place = folder / REPLICAS_FOLDER
    place.mkdir()
    place.chmod(0o777)  # the folder above lets nobody through: only who was given this one gets in


def nginx_sandbox(program: Program, outside: Path) -> SandboxSpec:
    """Build the sandbox of one balancer."""
    return SandboxSpec(
        argv=(
            *("/bin/sh", "-c", _BOUND, "nginx", str(_MOST_BYTES // 1024), _NGINX),
            *("-p", "/tmp", "-e", "stderr", "-c", f"{_OUTSIDE}/{_CONFIG_FILE}"),  # noqa: S108
        ),
        shown={
            **system_folders(),
            _NGINX: program.executable,
            "/bin/sh": Path("/bin/sh").resolve(),
        },
        kept={_OUTSIDE: outside},
        scratch=(Scratch("/tmp", 32 * MEBIBYTE),),  # noqa: S108 - the sandbox's own
        environment={"LC_ALL": "C", "TZ": "UTC"},
        directory="/tmp",  # noqa: S108
        memory_bytes=2 * _MOST_BYTES,
        processes=8,
    )
