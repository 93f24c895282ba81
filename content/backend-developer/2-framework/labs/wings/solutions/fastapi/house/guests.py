"""Who is in the house, and who wants to know when they leave. Wings may use this file."""

from collections.abc import Callable
from itertools import count

ids = count(1)
names: dict[int, str] = {}
on_check_out: list[Callable[[int], object]] = []


def is_guest(guest: int) -> bool:
    return guest in names


def check_in(name: str) -> int:
    guest = next(ids)
    names[guest] = name
    return guest


def check_out(guest: int) -> None:
    del names[guest]
    for tell in on_check_out:
        tell(guest)
