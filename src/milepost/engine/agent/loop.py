"""The launcher's event loop: descriptors that it waits for, and what is called when they are ready.

`selectors` does the same for any system; importing it would cost every guest some 3 ms.
"""

from __future__ import annotations

import select

TYPE_CHECKING = False  # as in `typing`, whose import every guest would pay for
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Protocol

    class File(Protocol):
        """Anything with a descriptor."""

        def fileno(self) -> int:
            """Return the number of its descriptor."""


READ, WRITE = select.EPOLLIN, select.EPOLLOUT


class Loop:
    """Descriptors by number, each with the one function that is called for it."""

    def __init__(self) -> None:
        self._epoll = select.epoll()
        self._ready: dict[int, Callable[[], None]] = {}

    def watch(self, file: int | File, events: int, ready: Callable[[], None]) -> None:
        """Have `ready` called when something can be done with a file; 0 for never again."""
        fd = file if isinstance(file, int) else file.fileno()
        is_known = fd in self._ready
        if not events:
            if is_known:
                del self._ready[fd]
                self._epoll.unregister(fd)
            return
        self._ready[fd] = ready
        if is_known:
            self._epoll.modify(fd, events)
        else:
            self._epoll.register(fd, events)

    def forget(self, file: int | File) -> None:
        """Wait no more for a file, which must not have been closed yet."""
        self.watch(file, 0, lambda: None)

    def turn(self, pause_seconds: float | None) -> None:
        """Wait until something is ready, or for so long, and call what was ready then."""
        found = self._epoll.poll(pause_seconds)
        for ready in [self._ready[fd] for fd, _ in found]:
            ready()
