"""The outside network, blocked: a test that would need it fails at once and says where it went."""

import ipaddress
import socket
from typing import Any

import pytest

_NAMES = {"localhost", "localhost.localdomain", "", None}


class OutsideNetworkBlocked(RuntimeError):
    """A test tried to reach another machine."""


def block_outside_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this process connect to unix sockets and to loopback, and to nothing else."""
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex
    getaddrinfo = socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any) -> None:
        _require_inside(self.family, address)
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        _require_inside(self.family, address)
        return connect_ex(self, address)

    def guarded_getaddrinfo(host: Any, *arguments: Any, **options: Any) -> Any:
        if host not in _NAMES and not _is_loopback(host):
            raise OutsideNetworkBlocked(f"A test asked for the address of {host!r}.")
        return getaddrinfo(host, *arguments, **options)

    monkeypatch.setattr(socket.socket, "connect", guarded_connect)
    monkeypatch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
    monkeypatch.setattr(socket, "getaddrinfo", guarded_getaddrinfo)


def _require_inside(family: int, address: Any) -> None:
    if family == socket.AF_UNIX:
        return
    if address[0] not in _NAMES and not _is_loopback(address[0]):
        raise OutsideNetworkBlocked(f"A test tried to connect to {address}.")


def _is_loopback(host: Any) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
