"""The pytest plugin: collects a lab's checks, runs them, and announces each as it ends.

Checks are ordinary pytest functions with a `check` mark. Whatever pytest prints is thrown away:
only what goes through the supervisor counts.
"""

import os
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from _pytest.assertion import util as assertion_util

from milepost.engine.checks.evidence import record_into
from milepost.engine.checks.faults import GuestFault
from milepost.engine.checks.judge import Comparison, compare, judge
from milepost.engine.checks.mark import find_mark
from milepost.engine.checks.pace import HURRIED, OVER, Pace
from milepost.engine.checks.program import Program
from milepost.engine.checks.run import CheckRun, Guests
from milepost.engine.checks.settings import Settings
from milepost.engine.checks.solution import Solution
from milepost.engine.checks.supervisor import Supervisor
from milepost.engine.checks.values import Language
from milepost.engine.guest.places import ROOM
from milepost.engine.results import CheckInfo, CheckResult, Evidence, Outcome
from milepost.engine.serialize import result_to_json, to_json

if TYPE_CHECKING:
    from milepost.engine.checks.balancer import Balancer
    from milepost.engine.checks.database import CheckDatabase
    from milepost.engine.checks.postgres import Postgres
    from milepost.engine.checks.redis import Redis
    from milepost.engine.checks.soundness import Soundness
    from milepost.engine.checks.source import Source
    from milepost.engine.checks.sql import Sql
    from milepost.engine.checks.upstream import Upstream

LAB = Path(f"{os.environ.get(ROOM, '')}/lab")
_LOADED_ON_DEMAND = {  # a tenth of a second each, which other labs need not wait for
    "service": "milepost.engine.checks.service",
    "source": "milepost.engine.checks.source",
    "milepost_database": "milepost.engine.checks.database",
    "sql": "milepost.engine.checks.sql",
    "balancer": "milepost.engine.checks.balancer",
    "redis": "milepost.engine.checks.redis",
    "upstream": "milepost.engine.checks.upstream",
}


class GradingPlugin:
    """Hooks and fixtures: collecting happens once, in the host; a run begins in its fork."""

    _supervisor: Supervisor
    _settings: Settings
    _guests: Guests
    _check: CheckRun
    _pace: Pace

    def __init__(self) -> None:
        self._comparison: Comparison | None = None
        self._error: BaseException | None = None
        self._language: Language | None = None  # in which values of learner code are shown
        self._soundness: Soundness | None = None  # of the lab's database, before learner code
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

    def begin(self, supervisor: Supervisor, settings: Settings) -> None:
        """Become one run. Called once, in a fork."""
        self._supervisor = supervisor
        self._settings = settings
        self._guests = Guests(supervisor, loads_ahead=settings.loads_ahead)
        self._pace = Pace(settings)

    def run(self, session: pytest.Session) -> None:
        """Announce the checks and run them."""
        if self.broken is not None:
            return
        items = self._choose(session.items)
        infos = [_info(self._describe(item)) for item in items]
        self._supervisor.say("collected", checks=to_json(infos))
        assertion_util._reprcompare = self._compare  # noqa: SLF001 - see `judge.compare`
        for number, item in enumerate(items):
            if self._pace.is_over:
                self._supervisor.say("ended_early", reason=OVER)
                break
            self._guests.coming = len(items) - number - 1
            self._run_check(item, items[number + 1 :])
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
        return [item for item in items if not only or item.name in only]

    def _run_check(self, item: pytest.Item, to_come: Sequence[pytest.Item]) -> None:
        """Run one check from its first fixture to its last, then say how it went.

        These are the steps of pytest's own protocol, without the reports that nobody reads here.
        """
        following = next(iter(to_come), None)
        services = sum("service" in getattr(each, "fixturenames", ()) for each in (item, *to_come))
        self._check = CheckRun(self._pace.next_settings(), self._guests, services_to_come=services)
        self._comparison = self._error = self._language = None
        record_into(self._check.recorder)
        if self._settings.spoil is not None:
            from milepost.engine.checks.spoiling import Spoiler  # only to verify a lab

            self._check.spoiler = Spoiler(self._settings.spoil, item.name)
        self._supervisor.say("started", name=item.name)
        began = self._check.recorder.now()
        hook = item.ihook
        if self._take(lambda: hook.pytest_runtest_setup(item=item)):
            self._take(lambda: hook.pytest_runtest_call(item=item))
        self._take(lambda: hook.pytest_runtest_teardown(item=item, nextitem=following))
        if following is not None:
            self._check.leave_guest()
        self._announce_end(item, began)

    def _take(self, step: Callable[[], Any]) -> bool:
        """Take a step of a check; the first error is kept. A skip proves nothing and is one too."""
        try:
            step()
        except BaseException as error:  # noqa: BLE001 - whatever ends a check is how it went
            self._error = self._error or error
            return False
        return True

    def pytest_internalerror(self, excrepr: object) -> None:
        """Tell of a fault in pytest or in this plugin: neither the lab's nor the learner's."""
        print(excrepr, file=sys.stderr)  # noqa: T201  the engine keeps what is written here

    def _announce_end(self, item: pytest.Item, began: float) -> None:
        result = self._judge(item)
        seconds = self._check.recorder.now() - began
        was_hurried = self._pace.is_hurried
        if self._pace.note(self._error, seconds) and was_hurried:
            result = replace(result, message=f"{result.message} {HURRIED}", hurried=True)
        result = replace(
            result,
            at_seconds=round(began, 4),
            duration_seconds=round(seconds, 4),
        )
        self._supervisor.say(
            "finished",
            result=result_to_json(result),
            limit=self._error.limit if isinstance(self._error, GuestFault) else None,
            usage=self._check.usage(),
        )
        self._check.close()

    def _judge(self, item: pytest.Item) -> CheckResult:
        """Judge how a check ended; an error without a text, say, breaks that check alone."""
        described, evidence = self._describe(item), self._list_evidence()
        try:
            return judge(described, self._error, self._comparison, evidence)
        except Exception as error:  # noqa: BLE001 - a value of learner code may have raised it
            return judge(described, error, None, evidence)

    def _list_evidence(self) -> tuple[Evidence, ...]:
        evidence = self._check.recorder.list_in_order()
        spoiler = self._check.spoiler
        return evidence if spoiler is None else (*evidence, spoiler.describe(self._error))

    def _compare(self, operator: str, left: Any, right: Any) -> str:
        self._comparison = compare(operator, left, right, self._language)
        return self._comparison.explanation

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

        return Source(self._supervisor, self._settings.module)

    @pytest.fixture(name="service")
    def provide_service(self) -> Iterator[Any]:
        """Speak HTTP with the learner's service."""
        from milepost.engine.checks.service import Service  # other labs need no HTTP client

        service = Service(self._check)
        yield service
        service.close()

    @pytest.fixture(name="milepost_database")
    def provide_database(self, request: pytest.FixtureRequest) -> Iterator["CheckDatabase"]:
        """Give the check a database of its own; `postgres` and `sql` share it."""
        from milepost.engine.checks.database import CheckDatabase

        seed = getattr(request.module, "seed", None)
        database = CheckDatabase(self._check, self._supervisor, seed, self._soundness)
        self._soundness = database.soundness  # all are clones of one template
        yield database
        database.close()

    @pytest.fixture(name="postgres")
    def provide_postgres(self, milepost_database: "CheckDatabase") -> Iterator["Postgres"]:
        """Look into the check's database; if the check fails, show what learner code ran in it."""
        from milepost.engine.checks.postgres import Postgres

        postgres = Postgres(milepost_database)
        yield postgres
        if self._error is not None:
            postgres.show_statements()

    @pytest.fixture(name="sql")
    def provide_sql(self, milepost_database: "CheckDatabase") -> "Sql":
        """Run the learner's SQL files."""
        from milepost.engine.checks.sql import Sql

        return Sql(milepost_database)

    @pytest.fixture(name="redis")
    def provide_redis(self) -> Iterator["Redis"]:
        """Give the check a Redis of its own; if it fails, show what learner code did there."""
        from milepost.engine.checks.redis import Redis

        redis = Redis(self._check, self._supervisor)
        yield redis
        if self._error is not None:
            redis.show_commands()
        redis.close()

    @pytest.fixture(name="balancer")
    def provide_balancer(self) -> Iterator["Balancer"]:
        """Run several replicas of the learner's service behind a balancer."""
        from milepost.engine.checks.balancer import Balancer

        balancer = Balancer(self._check, self._supervisor)
        yield balancer
        balancer.close()

    @pytest.fixture(name="upstream")
    def provide_upstream(self) -> Iterator["Upstream"]:
        """Stand in for an HTTP service that learner code calls."""
        from milepost.engine.checks.upstream import Upstream

        upstream = Upstream(self._check)
        yield upstream
        upstream.close()

    @pytest.fixture(name="seed")
    def provide_seed(self) -> int:
        """Tell the number that all made-up inputs of this run come from."""
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
