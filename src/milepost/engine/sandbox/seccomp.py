"""Turns the rules of `seccomp_rules` into the program that the kernel runs before each system call.

Classic BPF as in `man 2 seccomp`: no loops, jumps only forwards.
A wrong architecture ends the process; whatever no rule refuses is allowed. No wheel carries
libseccomp, and this is all of it that is needed.
"""

import platform
import struct
from collections.abc import Iterable
from functools import cache

from milepost.engine.errors import IsolationUnavailable
from milepost.engine.sandbox.seccomp_rules import (
    NEWEST_CALL,
    Condition,
    Inhabitant,
    Is,
    Rule,
    list_rules,
)
from milepost.engine.sandbox.syscalls import ARCHITECTURES, NUMBERS

_LOAD, _EQUAL, _GREATER, _ANY_BIT, _RETURN = 0x20, 0x15, 0x25, 0x45, 0x06
_CALL_AT, _ARCHITECTURE_AT, _ARGUMENTS_AT = 0, 4, 16  # in struct seccomp_data
_ALLOW, _ERROR, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_ENOSYS = 38

_Line = tuple[int, int, int, int]


@cache
def filter_for(
    inhabitant: Inhabitant, machine: str | None = None, *, restricted: bool = False
) -> bytes:
    """Assemble the filter of a sandbox for this machine, or one named as `uname -m` does."""
    return assemble(list_rules(inhabitant, restricted=restricted), machine or platform.machine())


def assemble(rules: Iterable[Rule], machine: str) -> bytes:
    """Assemble rules into `struct sock_filter[]`; raises IsolationUnavailable where unknown."""
    if machine not in ARCHITECTURES:
        raise IsolationUnavailable(
            f"system calls cannot be filtered on {machine}.", "Use x86-64 or 64-bit ARM."
        )
    architecture, column = ARCHITECTURES[machine]
    lines: list[_Line] = [
        (_LOAD, 0, 0, _ARCHITECTURE_AT),
        (_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _CALL_AT),
        (_GREATER, 0, 1, NEWEST_CALL),
        (_RETURN, 0, 0, _ERROR | _ENOSYS),
    ]
    for call, own in _by_call(rules).items():
        number = NUMBERS[call][column]
        if number is not None:
            block = _block(own)
            lines += [(_EQUAL, 0, len(block), number), *block]
    lines.append((_RETURN, 0, 0, _ALLOW))
    return b"".join(struct.pack("=HBBI", *line) for line in lines)


def _by_call(rules: Iterable[Rule]) -> dict[str, list[Rule]]:
    found: dict[str, list[Rule]] = {}
    for rule in rules:
        for call in rule.calls:
            found.setdefault(call, []).append(rule)
    return found


def _block(rules: list[Rule]) -> list[_Line]:
    """Write what is done once the call is known: the first rule whose tests hold refuses it."""
    lines: list[_Line] = []
    for rule in rules:
        refusal: list[_Line] = [(_RETURN, 0, 0, _ERROR | rule.error)]
        for test in reversed(rule.when):
            refusal = [*_test(test, skip=len(refusal)), *refusal]
        lines += refusal
    return [*lines, (_RETURN, 0, 0, _ALLOW)]


def _test(test: Condition, skip: int) -> list[_Line]:
    """Write a test: where it holds go on, else skip so many lines."""
    lines: list[_Line] = [(_LOAD, 0, 0, _ARGUMENTS_AT + 8 * test.argument)]
    for number, value in enumerate(test.values, start=1):
        left = len(test.values) - number
        match test.how:
            case Is.NONE_OF:
                lines.append((_EQUAL, left + skip, 0, value))
            case Is.ONE_OF:
                lines.append((_EQUAL, left, 0 if left else skip, value))
            case Is.WITH_ANY_BIT_OF:
                lines.append((_ANY_BIT, left, 0 if left else skip, value))
            case Is.WITH_NO_BIT_OF:
                lines.append((_ANY_BIT, left + skip, 0, value))
    return lines
