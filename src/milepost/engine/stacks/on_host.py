"""A stack's command on the machine of the person who wrote the code: its runtime, its libraries.

Nothing is isolated here and nothing graded: it is for people who run their own code themselves.
Where sandboxes show libraries under a path of theirs, this names the folder they really are in.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from milepost.engine.stacks import Stack


@dataclass(frozen=True, slots=True)
class HostCommand:
    """What to start, what to add to the environment, and a link that must be there first."""

    argv: tuple[str, ...]
    environment: Mapping[str, str]
    link: tuple[str, Path] | None = None  # a name in the code's own folder, and where it leads


def translate_command(stack: Stack, argv: Sequence[str]) -> HostCommand:
    """Turn a command as labs write it into one that starts with the stack's own runtime here."""
    program, *rest = argv
    if program in stack.commands:
        program = str(stack.runtime.executable)
    environment = dict(stack.environment)
    for shown_at, folder in (stack.libraries or {}).items():
        for name, value in environment.items():
            environment[name] = value.replace(shown_at, str(folder))
    environment |= stack.on_host.environment
    link = stack.on_host.link
    links = [(link, folder) for folder in (stack.libraries or {}).values() if link]
    return HostCommand((program, *rest), environment, next(iter(links), None))
