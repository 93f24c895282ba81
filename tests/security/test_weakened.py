"""Tests of the tests: whatever is weakened, named cases of the corpus turn red."""

from dataclasses import replace

import pytest

from milepost.engine import Engine, IsolationStatus, Outcome, Tier, probe_isolation
from milepost.engine.sandbox import landlock, process, restricted
from milepost.engine.sandbox.seccomp import filter_for
from security.court import Court
from security.parking import CASES as PARKING
from security.test_corpus import CASES
from security.weakened import (
    BELIEVES_FORKS,
    LEAVES_TRACES,
    SHARES_FILES,
    SHARES_NETWORK,
    Decided,
    LooseLimits,
    Overruled,
    TrustsResultFile,
    write_idle_subreaper,
    write_trusting_launcher,
    write_untidy_launcher,
    write_weak_bwrap,
)

RESTRICTED = probe_isolation(Tier.RESTRICTED)
needs_restricted_tier = pytest.mark.skipif(not RESTRICTED.ready, reason=RESTRICTED.reason)
BY_NAME = {str(case): case for case in CASES}
SANDBOXES = {
    "whose network is the host's": (
        SHARES_NETWORK,
        [
            "program, python: calls out by TCP",
            "program, python: calls out by UDP and DNS",
            "program, python: calls out by unix and abstract sockets",
        ],
    ),
    "that shows the host's files": (
        SHARES_FILES,
        [
            "program, python: reads checks and answers where they lie on the host",
            "program, python: reads them through links and ..",
        ],
    ),
    "that believes every fork that waits": (BELIEVES_FORKS, [str(case) for case in PARKING]),
    "that is used again as it was left": (
        LEAVES_TRACES,
        [
            "program, python: keeps it in files of every folder that it may write to",
            "program, python: keeps it in files that are hard to delete",
            "program, python: keeps it in a process that listens",
            "program, python: keeps it behind an abstract socket",
            "program, node: tells a word to the program that waits for a later check",
        ],
    ),
}
GRADERS = {
    "that trusts standard output": (
        lambda engine: Overruled(engine, lambda text: "passed" in text or "ok 1" in text),
        [
            "program, python: prints what a test runner would",
            "program, python: prints TAP",
            "program, node: prints what a test runner would",
            "program, python: prints the frames that checks send to the engine",
        ],
    ),
    "that trusts a result file": (
        lambda engine: TrustsResultFile(engine, lambda text: '"verdict": "passed"' in text),
        [
            "program, python: writes a result file, then crashes",
            "program, python: makes its result file read-only",
        ],
    ),
    "that allows a hundred times as much": (
        lambda engine: LooseLimits(engine, lambda _: False),
        [
            "program, python: fills the disk faster than anybody looks",
            "program, python: makes folders within folders without end",
        ],
    ),
}


@pytest.fixture
def weaken(tmp_path_factory, stacks_dir, host, monkeypatch):
    """Make an engine whose bubblewrap allows more: `weaken(arguments)`."""

    def make(more):
        folder = tmp_path_factory.mktemp("weak")
        real = probe_isolation().isolation
        weak = write_weak_bwrap(real.bwrap, folder, more.replace("{bait}", str(host.folder)))
        write_untidy_launcher(weak.parent)
        write_trusting_launcher(weak.parent)
        status = IsolationStatus(True, "", "", replace(real, bwrap=weak))
        monkeypatch.setattr("milepost.engine.grading.engine.probe_isolation", lambda *_: status)
        return Engine(runtime_dir=folder / "run", stacks_dir=stacks_dir)

    return make


async def turns_red(court, case):
    """Answer whether the corpus notices."""
    try:
        await court.hold(case)
    except AssertionError:
        return True
    return False


@pytest.mark.needs_isolated_tier
@pytest.mark.parametrize("weakness", SANDBOXES)
async def test_corpus_notices_a_sandbox(weaken, host, labs_dir, weakness):
    more, names = SANDBOXES[weakness]
    async with weaken(more) as engine:
        court = Court(engine, host, labs_dir)
        green = [name for name in names if not await turns_red(court, BY_NAME[name])]

    assert green == []


@pytest.mark.needs_isolated_tier
async def test_weak_bubblewrap_itself_is_no_reason_for_red(weaken, host, labs_dir):
    async with weaken("") as engine:
        court = Court(engine, host, labs_dir)
        for _, names in SANDBOXES.values():
            await court.hold(BY_NAME[names[0]])


def open_sockets(patch, _):
    patch.setattr(restricted, "filter_for", lambda inhabitant, restricted: filter_for(inhabitant))  # noqa: ARG005


def show_files(patch, host):
    def make_view(spec, uid):
        view = restricted.make_view(spec, uid)
        return replace(view, allowed={**view.allowed, str(host.folder): landlock.READ})

    patch.setattr(process, "make_view", make_view)


def leave_folders(patch, folder):
    patch.setattr(restricted, "_SUBREAPER", write_idle_subreaper(folder))


RESTRICTED_SANDBOXES = {
    "whose sockets reach the host": (
        open_sockets,
        [
            "program, python: calls out by UDP and DNS",
            "program, python: calls out by unix and abstract sockets",
        ],
    ),
    "that may open the host's files": (
        show_files,
        [
            "program, python: reads checks and answers where they lie on the host",
            "program, python: reads them through links and ..",
        ],
    ),
    "that are left where they were": (
        leave_folders,
        ["program, python: keeps it in files of every folder that it may write to"],
    ),
}


@needs_restricted_tier
@pytest.mark.parametrize("weakness", RESTRICTED_SANDBOXES)
async def test_corpus_notices_sandboxes_without_namespaces(
    tmp_path, stacks_dir, host, labs_dir, sandboxes_dir, monkeypatch, weakness
):
    weaken, names = RESTRICTED_SANDBOXES[weakness]
    weaken(monkeypatch, tmp_path if weaken is leave_folders else host)
    monkeypatch.setattr("milepost.engine.grading.engine.probe_isolation", lambda *_: RESTRICTED)
    async with Engine(runtime_dir=tmp_path, stacks_dir=stacks_dir, tier="restricted") as engine:
        court = Court(engine, host, labs_dir, sandboxes_dir)
        green = [name for name in names if not await turns_red(court, BY_NAME[name])]

    assert green == []


@pytest.mark.needs_isolated_tier
@pytest.mark.parametrize("weakness", GRADERS)
async def test_corpus_notices_a_grader(engine, host, labs_dir, weakness):
    make, names = GRADERS[weakness]
    court = Court(make(engine), host, labs_dir)

    green = [name for name in names if not await turns_red(court, BY_NAME[name])]

    assert green == []


@pytest.mark.parametrize("outcome", list(Outcome.__members__.values())[:4])
async def test_every_case_notices_a_grader_that_says_the_same_of_everything(
    host, labs_dir, outcome
):
    court = Court(Decided(outcome), host, labs_dir)

    green = [str(case) for case in CASES if not await turns_red(court, case)]

    assert green == []
