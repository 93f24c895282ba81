"""Where the places of a room are. In a room of its own they are where they are said to be.

Without a mount namespace a room is a folder somewhere, in which the same places lie. Paths are then
translated where a program is started: in its arguments and in its environment, nowhere else.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False  # as in `typing`, whose import every guest would pay for
if TYPE_CHECKING:
    import re
    from collections.abc import Mapping, Sequence

ROOM = "MILEPOST_ROOM"  # the folder of the room
PLACES = "MILEPOST_PLACES"  # what lies in it, such as /work:/tmp:/opt/libraries
_COMMANDS = "/usr/local/bin"  # only some of it is the room's, the host has one too


class Places:
    """The places of one room."""

    def __init__(self, root: str = "", names: Sequence[str] = ()) -> None:
        self.root = root
        self.names = names
        self._found = _compile(names) if names else None

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Places:
        """Read them from the environment of a room's first process."""
        names = [name for name in environment.get(PLACES, "").split(":") if name]
        return cls(environment.get(ROOM, ""), names)

    def find(self, text: str) -> str:
        """Say where a path is, or every path in a text, such as a search path."""
        if self._found is None:
            return text
        place, command = self._found
        text = place.sub(lambda match: self.root + match[0], text)
        return command.sub(self._find_command, text)

    def find_all(self, environment: Mapping[str, str]) -> dict[str, str]:
        """Translate an environment, and say what programs would look for at the host's places."""
        if not self.root:
            return {**environment}
        found = {name: self.find(value) for name, value in environment.items()}
        own = {
            "TMPDIR": f"{self.root}/tmp",  # noqa: S108
            # Node.js gives up over a configuration that is there and may not be read, ...
            "OPENSSL_CONF": "/dev/null",
            # ... and over links into folders whose parents it may not read.
            "NODE_PRESERVE_SYMLINKS": "1",
        }
        return {**own, **found}

    def _find_command(self, match: re.Match[str]) -> str:
        inside = self.root + match[0]
        return inside if os.path.lexists(inside) else match[0]


def _compile(names: Sequence[str]) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return what finds a place, and what finds a command."""
    import re  # no room of its own needs it

    longest_first = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    return (
        re.compile(rf"(?<![\w./-])(?:{longest_first})(?=[/:\s]|$)"),
        re.compile(rf"(?<![\w./-]){_COMMANDS}(?:/[^/:\s]+)?(?=[:\s]|$)"),
    )
