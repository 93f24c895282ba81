"""Which address and port can be listened on, found out before anything is started.

Opens and closes a socket, nothing else. Invariant: the answer is the kernel's, given to the very
address that will be bound.
"""

import errno
import socket
from contextlib import suppress

from milepost.cli.output.problems import fail_used_wrongly


def require_free_port(host: str, port: int) -> int:
    """Return the port, or any free one for 0; end the command with a sentence if it is taken."""
    address = choose_address(host)
    try:
        return bind_once(address, port)
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


def choose_address(host: str) -> str:
    """Return the address to bind for a name or an address: the first that is this machine's.

    A name such as `localhost` often has two, of which a machine without IPv6 can bind one. End
    the command with a sentence if there is none.
    """
    choice = (
        "Choose an address of this machine with --host (MILEPOST_HOST): 127.0.0.1 for this machine "
        "alone, 0.0.0.0 for its whole network."
    )
    try:
        addresses = _look_up(host)
    except (OSError, UnicodeError):
        fail_used_wrongly(
            f"{host!a} is neither an address nor a name that this machine can look up.", choice
        )
    found = next((each for each in addresses if _is_own(each)), None)
    if found is None:
        fail_used_wrongly(
            f"{host} is not an address of this machine ({', '.join(addresses)}).", choice
        )
    return found


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


def _look_up(host: str) -> list[str]:
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    return [str(each[4][0]) for each in found]


def _is_own(address: str) -> bool:
    with suppress(OSError):
        bind_once(address, 0)
        return True
    return False
