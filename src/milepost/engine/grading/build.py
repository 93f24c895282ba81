"""Builds a submission of a compiled stack, once a run and in a guest of its own.

What was built is laid out beside the learner's files by every guest of the run, at each reset. What
the compiler says is the learner's to read; that it did not run at all is a fault of Milepost.
"""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import get_args

from milepost.engine.errors import EngineFault
from milepost.engine.grading_spec import Entry
from milepost.engine.guests.guest import BuiltFile, Guest, GuestLost
from milepost.engine.limits import MEBIBYTE
from milepost.engine.protocol.codec import Codec
from milepost.engine.protocol.guest import (
    AllCollected,
    Collect,
    Collected,
    Denied,
    Exited,
    OfBuild,
    Reset,
    Run,
)
from milepost.engine.request import GradeRequest
from milepost.engine.results import BuildReport
from milepost.engine.sandbox_specs import program_environment
from milepost.engine.stacks import Stack
from milepost.engine.stacks.descriptions import BuildStep

OUT = "/tmp/built"  # noqa: S108 - in the guest, which is the run's own
_MOST_FILES = 200
_MOST_BYTES = 48 * MEBIBYTE  # they are laid out on the disk of a run, and are its learner's
_SHOWN_BYTES = 16 * 1024
_EVENTS: Codec[OfBuild] = Codec(*get_args(OfBuild))


@dataclass(frozen=True, slots=True)
class Build:
    """How a build went, and what it made; nothing where it failed."""

    report: BuildReport
    files: tuple[BuiltFile, ...] = ()


async def build(
    guest: Guest,
    stack: Stack,
    step: BuildStep,
    request: GradeRequest,
    leave: Callable[[Guest], Awaitable[None]],
) -> Build:
    """Run a stack's build step in a guest that has the submission's files, and leave the guest.

    Raises EngineFault where the step itself breaks, which is never the learner's fault.
    """
    since = time.monotonic()
    output = os.memfd_create("output", os.MFD_CLOEXEC)
    try:
        code = await _run(guest, stack, step, request, output)
        words = _read(output)
        files = await _collect(guest) if code == 0 else ()
    except TimeoutError:
        why = f"It was still being built after {step.seconds:g} seconds and was stopped."
        return Build(_stopped(why, since))
    finally:
        os.close(output)
        await leave(guest)
    if guest.limit is not None:
        return Build(_stopped(guest.reason, since))
    if code == -1:
        raise GuestLost("the sandbox of a build was ended from outside.")
    if code not in step.refusals | {0}:
        raise EngineFault(f"the build step of {stack.name} ended with {code}: {words[-500:]}")
    seconds = round(time.monotonic() - since, 4)
    return Build(BuildReport(passed=code == 0, output=words, seconds=seconds), files)


async def _run(
    guest: Guest, stack: Stack, step: BuildStep, request: GradeRequest, output: int
) -> int:
    """Run the step, and return its exit code; -1 where its guest was ended."""
    argv = [word.format(**_paths(request.entry)) for word in step.command]
    environment = program_environment(stack, harness=False)
    nothing = os.open(os.devnull, os.O_RDONLY)
    try:
        async with asyncio.timeout(step.seconds):
            await guest.control.send(Reset())
            fds = [nothing, output, output]
            order = Run(1, argv, environment, copies=0, fds=len(fds))
            await guest.control.send(order, fds)
            while (event := await guest.control.receive(_EVENTS)) is not None:
                match event:
                    case Exited(code=code):
                        return code
                    case Denied(reason=reason):
                        raise EngineFault(f"the build step of {stack.name} did not start: {reason}")
            return -1
    finally:
        os.close(nothing)


def _paths(entry: Entry) -> Mapping[str, str]:
    return {"out": OUT, "program": entry.built_program, "module": entry.module or ""}


def _read(output: int) -> str:
    text = os.pread(output, _SHOWN_BYTES, 0).decode("utf-8", errors="replace").strip()
    return text.replace("\x00", "\N{SYMBOL FOR NULL}")  # which no database's JSON can hold


async def _collect(guest: Guest) -> tuple[BuiltFile, ...]:
    """Ask for what was built; nothing comes where the guest was ended."""
    files: list[BuiltFile] = []
    await guest.control.send(Collect(OUT, _MOST_FILES, _MOST_BYTES))
    while (event := await guest.control.receive(_EVENTS)) is not None:
        match event:
            case Collected(path=path, content=content, is_program=is_program):
                files.append(BuiltFile(path, content, is_program))
            case Denied(reason=reason):
                raise EngineFault(f"what was built can't be kept: {reason}")
            case AllCollected():
                return tuple(files)
    return ()


def _stopped(why: str, since: float) -> BuildReport:
    return BuildReport(passed=False, output=why, seconds=round(time.monotonic() - since, 4))
