"""Whether a port can be listened on, asked before anything is started.

Opens and closes a socket, nothing else. Invariant: the answer is the kernel's, given to the very
address that will be bound.
"""

import errno
import socket

from milepost.cli.problems import fail_used_wrongly


def require_free_port(host: str, port: int) -> int:
    """Return the port, or any free one for 0; end the command with a sentence if it is taken."""
    try:
        return bind_once(host, port)
    except PermissionError:
        fail_used_wrongly(
            f"Port {port} needs rights that this user does not have (ports below 1024 are kept).",
            "Choose another with --port, or put a proxy in front.",
        )
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            fail_used_wrongly(
                f"Port {port} on {host} is already in use by another program.",
                f"Stop that one, or choose another port: `milepost up --port {port + 1}` "
                f'(make up ARGS="--port {port + 1}").',
            )
        fail_used_wrongly(
            f"Milepost can't listen on {host} port {port}: {error.strerror or error}.",
            "Choose an address of this machine with --host.",
        )


def bind_once(host: str, port: int) -> int:
    """Bind and let go; return the port that it was."""
    family, kind, _, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    with socket.socket(family, kind) as listener:
        # Connections of an earlier run that are still closing must not keep us out.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen()
        return int(listener.getsockname()[1])
