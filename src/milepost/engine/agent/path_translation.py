"""Where the places of a sandbox are, such as `/work`. In a mount namespace they are just there.

Without one a sandbox is a folder somewhere, in which the same places lie. Paths are then translated
where a program is started: in its arguments and in its environment, nowhere else.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False  # as in `typing`, whose import every guest would pay for
if TYPE_CHECKING:
    import re
    from collections.abc import Mapping, Sequence

SANDBOX = "MILEPOST_SANDBOX"  # the folder of the sandbox
MOUNTS = "MILEPOST_MOUNTS"  # what lies in it, such as /work:/tmp:/opt/libraries
_COMMANDS = "/usr/local/bin"  # only some of it is the sandbox's, the host has one too


class PathTranslation:
    """The places of one sandbox."""

    def __init__(self, root: str = "", names: Sequence[str] = ()) -> None:
        self.root = root
        self.names = names
        self._found = _compile(names) if names else None

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> PathTranslation:
        """Return the places that the environment of a sandbox's first process names."""
        names = [name for name in environment.get(MOUNTS, "").split(":") if name]
        return cls(environment.get(SANDBOX, ""), names)

    def find(self, text: str) -> str:
        """Return a text, such as a path or a search path, with its places where they really are."""
        if self._found is None:
            return text
        place, command = self._found
        text = place.sub(lambda match: self.root + match[0], text)
        return command.sub(self._find_command, text)

    def find_all(self, environment: Mapping[str, str]) -> dict[str, str]:
        """Return an environment so translated, with what keeps programs off the host's places."""
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
    import re  # a sandbox with namespaces needs none

    longest_first = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    return (
        re.compile(rf"(?<![\w./-])(?:{longest_first})(?=[/:\s]|$)"),
        re.compile(rf"(?<![\w./-]){_COMMANDS}(?:/[^/:\s]+)?(?=[:\s]|$)"),
    )
