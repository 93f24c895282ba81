"""Who is in the house, and who wants to know when they leave. Wings may use this file."""

from collections.abc import Callable

names: dict[int, str] = {}
on_check_out: list[Callable[[int], object]] = []


def is_guest(guest: int) -> bool:
    return guest in names
