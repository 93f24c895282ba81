"""Small labs, written into temporary folders and graded by the real engine in real sandboxes."""

import itertools
import re
import textwrap
from dataclasses import dataclass, replace
from pathlib import Path

import psutil
import pytest

from harness.labs_postgres import labs_postgres
from harness.sandboxes import processes_in_sandboxes, wait_until_nothing_runs
from harness.stacks import ENTRIES
from milepost.engine import (
    CheckResult,
    Engine,
    Entry,
    Event,
    GradeReport,
    GradeRequest,
    GradingFinished,
    GradingSpec,
    Limits,
    install_stack,
)

IMPORTS = "import pytest\nfrom milepost.engine.checks import *\n"
QUICK = Limits(wall_seconds=10, run_seconds=3)


@dataclass
class Graded:
    events: list[Event]
    report: GradeReport

    def check(self, name: str) -> CheckResult:
        return next(check for check in self.report.checks if check.name == name)

    @property
    def only(self) -> CheckResult:
        (check,) = self.report.checks
        return check


@pytest.fixture(scope="session")
def runtime(tmp_path_factory):
    return tmp_path_factory.mktemp("engine")


@pytest.fixture(scope="session")
def stacks_dir():
    """The checkout's own stacks, which `make test` has installed before: then this does nothing."""
    folder = Path(__file__).parents[2] / "data" / "stacks"
    for name in ENTRIES:
        install_stack(name, folder)
    return folder


@pytest.fixture(scope="session")
async def engine(runtime, stacks_dir):
    async with Engine(runtime_dir=runtime, stacks_dir=stacks_dir) as engine:
        yield engine


def entry_for(stack: str, checks: str) -> Entry:
    """Name a service only where checks speak with one: other labs run in every tier."""
    entry = ENTRIES[stack]
    speaks = re.search(r"\b(service|balancer)\b", checks)
    return entry if speaks else replace(entry, service=())


@pytest.fixture
def make_request(tmp_path):
    numbers = itertools.count()

    def make(checks, files=None, *, stack="python", limits=QUICK, data=None, **more):
        lab = tmp_path / f"lab-{next(numbers)}"
        (lab / "data").mkdir(parents=True)
        lab.parent.chmod(0o755)
        (lab / "checks.py").write_text(IMPORTS + textwrap.dedent(checks))
        for name, content in (data or {}).items():
            (lab / "data" / name).write_text(content)
        usual = ENTRIES.get(stack, Entry())
        name = usual.program[-1] if usual.program else "answer.sql"
        services = ("postgres",) if stack == "sql" else ()
        files = {name: files} if isinstance(files, str) else (files or {name: ""})
        return GradeRequest(
            run_id="run",
            lab=lab,
            stack=stack,
            spec=GradingSpec(
                entries={stack: more.pop("entry", None) or entry_for(stack, checks)},
                limits=limits,
                services=more.pop("services", services),
            ),
            files={path: textwrap.dedent(text).encode() for path, text in files.items()},
            seed=more.pop("seed", 7),
            **more,
        )

    return make


@pytest.fixture
def sandbox_users():
    """The host users of everything that runs in a sandbox now: `sandbox_users()`."""
    return lambda: {
        process.uids().real for process in processes_in_sandboxes() if process.is_running()
    }


@pytest.fixture
def settle():
    """Wait until nothing runs for a run any more: `await settle()`."""
    return wait_until_nothing_runs


@pytest.fixture
def grade(engine, make_request):
    """Grade, and see that nothing of the run is left running."""

    async def run(*arguments, **keywords) -> Graded:
        events = [event async for event in engine.grade(make_request(*arguments, **keywords))]
        assert isinstance(events[-1], GradingFinished)
        await wait_until_nothing_runs()
        return Graded(events, events[-1].report)

    return run


@pytest.fixture
def list_service_processes():
    return service_processes


def service_processes(engine: Engine) -> set[int]:
    """What is kept from run to run: the labs' PostgreSQL, once a run has asked for it."""
    opened = labs_postgres(engine)
    if opened is None:
        return set()
    sandbox = psutil.Process(opened.cluster.server._sandbox._process.pid)
    return {sandbox.pid, *(child.pid for child in sandbox.children(recursive=True))}


@pytest.fixture
def checkout() -> Path:
    return Path(__file__).parents[2]
