"""The pytest plugin: collects a lab's checks, runs them, and announces each as it ends.

Checks are ordinary pytest functions with a `check` mark. Whatever pytest prints is thrown away:
only what goes through the engine counts.
"""

import random
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from _pytest.assertion import util as assertion_util

from milepost.engine.checks.component_fixtures import ComponentFixtures
from milepost.engine.checks.context import CheckContext, GuestClients
from milepost.engine.checks.engine_client import EngineClient
from milepost.engine.checks.evidence import record_into
from milepost.engine.checks.faults import GuestFault
from milepost.engine.checks.files import LAB
from milepost.engine.checks.judge import Comparison, compare, judge
from milepost.engine.checks.mark import find_mark
from milepost.engine.checks.pace import HURRIED, OVER, Pace
from milepost.engine.checks.program import Program
from milepost.engine.checks.solution import Solution
from milepost.engine.checks.values import Language
from milepost.engine.evidence.contract import Evidence
from milepost.engine.protocol.check_process import CheckBegins, CheckEnded, ChecksFound, EndedEarly
from milepost.engine.protocol.settings import Settings
from milepost.engine.results import CheckInfo, CheckResult, Outcome

if TYPE_CHECKING:
    from milepost.engine.checks.source import Source

_FIRST_LOOKS = 2  # checks, of which one fails in most runs that are left early
_LOADED_ON_DEMAND = {  # a tenth of a second each, which other labs need not wait for
    "service": "milepost.engine.checks.service",
    "source": "milepost.engine.checks.source",
}


class GradingPlugin:
    """Hooks and fixtures: collecting happens once, in the forkserver; a run begins in its fork."""

    _engine: EngineClient
    _settings: Settings
    _guests: GuestClients
    _check: CheckContext
    _pace: Pace

    def __init__(self, components: ComponentFixtures) -> None:
        self._components = components
        self._comparison: Comparison | None = None
        self._language: Language | None = None  # in which values of learner code are shown
        self.broken: str | None = None

    # Collecting

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Keep the first reason why the lab's checks cannot be imported."""
        if report.failed and self.broken is None:
            self.broken = str(report.longrepr)

    def pytest_collection_modifyitems(self, items: list[pytest.Function]) -> None:
        """Refuse checks that say nothing of what they belong to."""
        unmarked = [item.name for item in items if find_mark(item.obj) is None]
        if unmarked:
            self.broken = f"{unmarked[0]} has no @check(task=…, objectives=…)."

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Refuse a lab that judges nothing, and load what only some labs need, once."""
        if not session.items and self.broken is None:
            self.broken = "It has no checks."
        used = {name for item in session.items for name in getattr(item, "fixturenames", ())}
        for fixture, module in _LOADED_ON_DEMAND.items():
            if fixture in used:
                import_module(module)

    # Running

    def begin(self, engine: EngineClient, settings: Settings) -> None:
        """Become one run. Called once, in a fork."""
        self._engine = engine
        self._settings = settings
        self._guests = GuestClients(engine, loads_ahead=settings.loads_ahead)
        self._pace = Pace(settings)

    def run(self, session: pytest.Session) -> None:
        """Announce the checks and run them."""
        if self.broken is not None:
            return
        items = self._choose(session.items)
        infos = tuple(_info(self._describe(item)) for item in items)
        self._engine.report(ChecksFound(infos))
        assertion_util._reprcompare = self._compare  # noqa: SLF001 - see `judge.compare`
        for number, item in enumerate([] if self._settings.lists_only else items):
            if self._pace.is_over:
                self._engine.report(EndedEarly(OVER))
                break
            self._guests.coming = len(items) - number - 1
            looks_ahead = not self._settings.ends_early or number >= _FIRST_LOOKS
            self._run_check(item, items[number + 1 :], looks_ahead=looks_ahead)
        self._guests.close()

    def _choose(self, collected: list[pytest.Item]) -> list[pytest.Item]:
        """Return what to run: without hidden checks where they are not wanted, or only some.

        Hidden ones come last: when a visible one begins must not tell how long they took. A name
        that no check has is the fault of who asked for it, never the lab's.
        """
        items = [item for item in collected if not self._describe(item).hidden]
        if self._settings.include_hidden:
            items += [item for item in collected if self._describe(item).hidden]
        only = set(self._settings.only)
        if not only <= {item.name for item in items}:
            raise ValueError(f"The lab lacks some of the checks asked for: {sorted(only)}.")
        chosen = [item for item in items if not only or item.name in only]
        places = {name: place for place, name in enumerate(self._settings.first)}
        return sorted(chosen, key=lambda item: places.get(item.name, len(places)))

    def _run_check(
        self, item: pytest.Item, to_come: Sequence[pytest.Item], *, looks_ahead: bool
    ) -> None:
        """Run one check from its first fixture to its last, then report how it went.

        These are the steps of pytest's own protocol, without the reports that nobody reads here.
        With `looks_ahead`, what the next checks need is prepared meanwhile.
        """
        following = next(iter(to_come), None)
        asking = (item, *to_come) if looks_ahead else ()
        services = sum("service" in getattr(each, "fixturenames", ()) for each in asking)
        self._check = CheckContext(
            self._pace.next_settings(), self._guests, services_to_come=services
        )
        self._comparison = self._language = None
        record_into(self._check.recorder)
        if self._settings.spoil is not None:
            from milepost.engine.checks.spoiling import Spoiler  # only to verify a lab

            self._check.spoiler = Spoiler(self._settings.spoil, item.name)
        self._engine.report(CheckBegins(item.name))
        began = self._check.recorder.now()
        hook = item.ihook
        if self._take(lambda: hook.pytest_runtest_setup(item=item)):
            self._take(lambda: hook.pytest_runtest_call(item=item))
        self._take(lambda: hook.pytest_runtest_teardown(item=item, nextitem=following))
        if following is not None and looks_ahead:
            self._check.leave_guest()
        self._announce_end(item, began)

    def _take(self, step: Callable[[], Any]) -> bool:
        """Take a step of a check; the first error is kept. A skip proves nothing and is one too."""
        try:
            step()
        except BaseException as error:  # noqa: BLE001 - whatever ends a check is how it went
            self._check.error = self._check.error or self._components.explain(error)
            return False
        return True

    def pytest_internalerror(self, excrepr: object) -> None:
        """Report a fault in pytest or in this plugin: neither the lab's nor the learner's."""
        print(excrepr, file=sys.stderr)  # noqa: T201  the engine keeps what is written here

    def _announce_end(self, item: pytest.Item, began: float) -> None:
        result = self._judge(item)
        seconds = self._check.recorder.now() - began
        was_hurried = self._pace.is_hurried
        if self._pace.note(self._check.error, seconds) and was_hurried:
            result = replace(result, message=f"{result.message} {HURRIED}", hurried=True)
        result = replace(
            result,
            at_seconds=round(began, 4),
            duration_seconds=round(seconds, 4),
        )
        error = self._check.error
        limit = error.limit if isinstance(error, GuestFault) else None
        self._engine.report(CheckEnded(result, limit, self._check.usage()))
        self._check.close()

    def _judge(self, item: pytest.Item) -> CheckResult:
        """Judge how a check ended; an error without a text, say, breaks that check alone."""
        described, evidence = self._describe(item), self._list_evidence()
        try:
            return judge(described, self._check.error, self._comparison, evidence)
        except Exception as error:  # noqa: BLE001 - a value of learner code may have raised it
            return judge(described, error, None, evidence)

    def _list_evidence(self) -> tuple[Evidence, ...]:
        evidence = self._check.recorder.list_in_order()
        spoiler = self._check.spoiler
        return evidence if spoiler is None else (*evidence, spoiler.describe(self._check.error))

    def _compare(self, operator: str, left: Any, right: Any) -> str:
        self._comparison = compare(operator, left, right, self._language)
        # pytest takes what it gets here for a template of `%`, and its own hook doubles the signs.
        return self._comparison.explanation.replace("%", "%%")

    def _describe(self, item: pytest.Item) -> CheckResult:
        function = getattr(item, "obj", None)
        mark = find_mark(function)
        title = (getattr(function, "__doc__", None) or item.name).strip().splitlines()[0]
        return CheckResult(
            name=item.name,
            title=title,
            task=mark.task if mark is not None else "",
            objectives=mark.objectives if mark is not None else (),
            hidden=mark is not None and mark.hidden,
            outcome=Outcome.NOT_RUN,
        )

    # Fixtures

    @pytest.fixture(name="program")
    def provide_program(self) -> Program:
        """Run the learner's program."""
        return Program(self._check)

    @pytest.fixture(name="solution")
    def provide_solution(self) -> Iterator[Solution]:
        """Call the learner's functions."""
        solution = Solution(self._check)
        self._language = solution.language
        yield solution
        solution.close()

    @pytest.fixture(name="source")
    def provide_source(self) -> "Source":
        """Look into the learner's files as syntax."""
        from milepost.engine.checks.source import (
            Source,
        )  # few labs have rules for how it is written

        return Source(self._engine, self._settings.entry.module)

    @pytest.fixture(name="service")
    def provide_service(self) -> Iterator[Any]:
        """Speak HTTP with the learner's service."""
        from milepost.engine.checks.service import Service  # other labs need no HTTP client

        service = Service(self._check)
        yield service
        service.close()

    @pytest.fixture(name="milepost_check")
    def provide_check(self) -> CheckContext:
        """Return which check runs, and how to reach the engine, for the fixtures of components."""
        return self._check

    @pytest.fixture(name="seed")
    def provide_seed(self) -> int:
        """Return the number that all made-up inputs of this run come from."""
        return self._settings.seed

    @pytest.fixture(name="random")
    def provide_random(self) -> random.Random:
        """Make up inputs, the same ones for the same seed."""
        return random.Random(self._settings.seed)  # noqa: S311 - repeatable on purpose

    @pytest.fixture(name="data")
    def provide_data(self) -> Path:
        """Find the lab's own data."""
        return LAB / "data"


def _info(check: CheckResult) -> CheckInfo:
    return CheckInfo(check.name, check.title, check.task, check.hidden, check.objectives)
