"""The components of an engine, and those of one run by the names that lab.toml has for them.

It only passes on: what a component is and does is its own folder's business.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from milepost.engine.backing.hosting import Host, LabDataBroken, Reply, Run, RunComponent
from milepost.engine.backing.registry import find_components, load


class ComponentHosts:
    """Opens components for runs, and keeps what many runs share."""

    def __init__(self, runtime_dir: Path) -> None:
        self._runtime_dir = runtime_dir
        self._hosts: dict[str, Host] = {}

    async def open(self, run: Run) -> "RunComponents":
        """Open what the lab of a run names. Raises ServiceUnavailable where it can't be had."""
        opened = RunComponents()
        try:
            for component in find_components(run.request.services):
                if component.host is not None:
                    host = self._require(component.name, component.host)
                    opened.add(component.name, await host.open(run))
        except BaseException:
            await opened.stop()
            raise
        return opened

    def find(self, name: str) -> Host | None:
        """Find what the engine has of a component; None until a lab has needed it."""
        return self._hosts.get(name)

    async def aclose(self) -> None:
        """End what runs have shared."""
        for host in self._hosts.values():
            await host.aclose()

    def _require(self, name: str, named: str) -> Host:
        if name not in self._hosts:
            self._hosts[name] = load(named)(self._runtime_dir)
        return self._hosts[name]


class RunComponents:
    """The components of one run."""

    def __init__(self) -> None:
        self._opened: dict[str, RunComponent] = {}

    def add(self, name: str, opened: RunComponent) -> None:
        """Take in what was opened for this run."""
        self._opened[name] = opened

    async def answer(self, name: str, question: Mapping[str, Any]) -> Reply:
        """Reply to a check process. Raises MalformedMessage for what the component does not know.

        LabDataBroken is raised where the lab does not name it.
        """
        opened = self._opened.get(name)
        if opened is None:
            raise LabDataBroken(f'lab.toml does not say services = ["{name}"].')
        return await opened.answer(opened.questions.read(question))

    async def end_check(self) -> str | None:
        """Release what a check had; returns the first limit that was reached, if any."""
        limits = [await opened.end_check() for opened in self._opened.values()]
        return next(filter(None, limits), None)

    async def end_sessions(self, limit: str) -> None:
        """End what learner code does in any of them."""
        for opened in self._opened.values():
            await opened.end_sessions(limit)

    def usage(self) -> dict[str, int]:
        """Return the most that was used so far in any of them, by the names in Usage."""
        return _find_peaks(self._opened.values())

    async def stop(self) -> dict[str, int]:
        """Release all of them, and return the most that was used, by the names in Usage."""
        stopped: list[RunComponent] = []
        while self._opened:
            _, opened = self._opened.popitem()
            await opened.stop()
            stopped.append(opened)
        return _find_peaks(stopped)


def _find_peaks(components: Iterable[RunComponent]) -> dict[str, int]:
    peaks: dict[str, int] = {}
    for component in components:
        for name, used in component.usage().items():
            peaks[name] = max(peaks.get(name, 0), used)
    return peaks
