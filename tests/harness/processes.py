"""Looking for processes while others end: whoever is gone by the time it is asked is not meant."""

from collections.abc import Callable, Iterable
from contextlib import suppress

import psutil


def find_processes(
    among: Iterable[psutil.Process], is_meant: Callable[[psutil.Process], bool]
) -> list[psutil.Process]:
    """List the processes that live and are meant."""
    found = []
    for process in among:
        with suppress(psutil.NoSuchProcess):
            if is_meant(process):
                found.append(process)
    return found
