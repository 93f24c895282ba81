"""Runs of a verification may share a guest, in turn: nothing of one reaches the next."""

import asyncio
import json
from contextlib import aclosing
from dataclasses import replace

import pytest

from milepost.engine import CheckStarted, Engine, Limits, Outcome, Verdict
from milepost.engine.guests.shared import MOST_RUNS

pytestmark = pytest.mark.needs_isolated_tier

# Names the guest, and whatever lies or lives in it beside the program itself.
LOOKS = """
    import os

    def look():
        files = [
            f"{folder}/{name}"
            for folder in ("/tmp", "/dev/shm", ".")
            for name in os.listdir(folder)
            if name not in ("main.py", "__pycache__")
        ]
        pids = {int(name) for name in os.listdir("/proc") if name.isdigit()}
        others = [open(f"/proc/{pid}/comm").read() for pid in pids - {1, os.getpid()}]
        return {"guest": os.readlink("/proc/self/ns/pid"), "files": files, "processes": others}
"""
LITTERS = """
    import os
    import subprocess

    open("/tmp/word", "w").write("a word")
    open("/dev/shm/word", "w").write("a word")
    os.mkdir("folder")

    def look():
        subprocess.Popen(["python", "-c", "import time; time.sleep(60)"], start_new_session=True)
        return {"guest": os.readlink("/proc/self/ns/pid")}
"""
HANGS = """
    import os

    def look():
        open("/tmp/word", "w").write("a word")
        os.system("sleep 60")
"""
EATS = """
    def look():
        kept = []
        while True:
            kept.append(b"x" * (1 << 20))
"""
CHECKS = """
    @check(task="t", objectives=["a.b"])
    def test_look(solution):
        "It is looked around"
        assert solution.call("look") is not None
"""
LOOKS_IN_GO = """
    package main

    import "os"

    func Look() []string {{
        guest, _ := os.Readlink("/proc/self/ns/pid")
        found := []string{{"{word}", guest}}
        for _, folder := range []string{{"/tmp", "/dev/shm", "."}} {{
            entries, _ := os.ReadDir(folder)
            for _, entry := range entries {{
                found = append(found, entry.Name())
            }}
        }}
        os.WriteFile("/tmp/word", []byte("a word"), 0o600)
        return found
    }}

    func main() {{}}
"""
APP = """
    import os
    from fastapi import FastAPI

    app = FastAPI()
    IMPORTED_IN = os.getsid(0)

    @app.get("/word")
    async def get_word():
        waited = os.getsid(0) != IMPORTED_IN
        guest = os.readlink(os.path.join(os.sep, "proc", "self", "ns", "pid"))
        return {{"word": "{word}", "waited": waited, "guest": guest}}
"""
ASKS = "".join(
    f"""
    @check(task="t", objectives=["a.b"])
    def test_{number}(service):
        "It is asked for its word"
        assert service.get("/word").status_code == 200
"""
    for number in range(4)
)


@pytest.fixture(scope="module")
async def engine(tmp_path_factory, stacks_dir):
    """An engine of these tests alone: what runs share is there until it is closed."""
    async with Engine(
        runtime_dir=tmp_path_factory.mktemp("engine"), stacks_dir=stacks_dir
    ) as engine:
        yield engine


@pytest.fixture
def request_of(make_request):
    """Ask for a program to be graded; all programs of a test meet one folder of checks."""
    first = make_request(CHECKS, "")

    def make(program, **changes):
        files = make_request(CHECKS, program).files
        return replace(first, **{"files": files, "shares_guests": True, **changes})

    return make


@pytest.fixture
def look(engine, request_of):
    """Grade a program, and return what its `look` has found."""

    async def run(program, **changes):
        events = [event async for event in engine.grade(request_of(program, **changes))]
        (check,) = events[-1].report.checks
        assert check.outcome is Outcome.PASSED, (check, events[-1].report.message)
        return check.evidence[-1].response.value

    return run


async def test_runs_share_a_guest_and_nothing_of_the_first_reaches_the_second(look):
    first = await look(LITTERS)

    second = await look(LOOKS)

    assert second == {"guest": first["guest"], "files": [], "processes": []}


async def test_a_run_that_does_not_share_gets_a_guest_of_its_own_and_hands_none_on(look):
    shared = await look(LOOKS)

    own = await look(LOOKS, shares_guests=False)
    again = await look(LOOKS)

    assert own["guest"] != shared["guest"]
    assert again["guest"] == shared["guest"]


async def test_another_lab_or_other_limits_are_another_guest(look, request_of, make_request):
    first = await look(LOOKS)
    spec = replace(request_of(LOOKS).spec, limits=Limits(wall_seconds=11, run_seconds=3))

    other_limits = await look(LOOKS, spec=spec)
    other_lab = await look(LOOKS, lab=make_request(CHECKS, LOOKS).lab)

    assert len({each["guest"] for each in (first, other_limits, other_lab)}) == 3


async def test_a_guest_serves_so_many_runs_and_no_more(look):
    guests = [(await look(LOOKS))["guest"] for _ in range(MOST_RUNS + 1)]

    assert len({*guests[:MOST_RUNS]}) == 1
    assert guests[-1] != guests[0]


async def test_a_guest_that_was_ended_for_a_limit_serves_no_other_run(engine, look, request_of):
    first = await look(LOOKS)
    events = [event async for event in engine.grade(request_of(EATS))]
    assert events[-1].report.verdict is Verdict.CRASHED

    after = await look(LOOKS)

    assert after["guest"] != first["guest"]


async def test_a_run_that_is_broken_off_leaves_nothing_to_the_next(engine, look, request_of):
    first = await look(LOOKS)
    async with aclosing(engine.grade(request_of(HANGS))) as events:
        async for event in events:
            if isinstance(event, CheckStarted):
                await asyncio.sleep(0.5)  # for the program to be where it hangs
                break

    second = await look(LOOKS)

    assert second == {"guest": first["guest"], "files": [], "processes": []}


async def test_what_is_built_for_one_run_is_no_part_of_the_next(engine, make_request):
    checks = CHECKS.replace('"look"', '"Look"')
    patient = Limits(wall_seconds=60, run_seconds=20)
    found = []
    first = make_request(
        checks,
        {"main.go": LOOKS_IN_GO.format(word="one")},
        stack="go",
        limits=patient,
        shares_guests=True,
    )
    other = make_request(checks, {"main.go": LOOKS_IN_GO.format(word="other")}, stack="go").files
    for request in (first, replace(first, files=other)):
        events = [event async for event in engine.grade(request)]
        (check,) = events[-1].report.checks
        assert check.outcome is Outcome.PASSED, (check, events[-1].report.message)
        found.append(check.evidence[-1].response.value)

    (one, guest, *files), (other, other_guest, *other_files) = found
    assert (one, other) == ("one", "other")
    assert guest == other_guest
    assert files == other_files


def find_body(piece):
    return json.loads(piece.response.body) if hasattr(piece.response, "body") else None


async def test_forks_that_waited_for_checks_of_one_answer_are_no_start_of_the_next(
    engine, make_request
):
    first = make_request(ASKS, APP.format(word="one"), stack="fastapi", shares_guests=True)
    other = make_request(ASKS, APP.format(word="other"), stack="fastapi").files
    said = {}
    for word, request in (("one", first), ("other", replace(first, files=other))):
        # The first is broken off while forks of it wait.
        async with aclosing(engine.grade(request)) as events:
            async for event in events:
                result = getattr(event, "result", None)
                if result is not None:
                    assert result.outcome is Outcome.PASSED, result
                    said[word] = next(filter(None, map(find_body, result.evidence)))
                    break

    assert {word: found["word"] for word, found in said.items()} == {"one": "one", "other": "other"}
    assert [found["waited"] for found in said.values()] == [True, True]
    assert said["one"]["guest"] == said["other"]["guest"]


async def test_what_shared_guests_use_is_measured_anew(engine, request_of):
    holds = """
        kept = None

        def look():
            global kept
            kept = bytearray(40 << 20)
            kept[::4096] = bytes(len(kept[::4096]))
            import time
            time.sleep(0.3)
            return {}
    """
    peaks = []
    for program in (holds, LOOKS):
        events = [event async for event in engine.grade(request_of(program))]
        assert events[-1].report.verdict is Verdict.PASSED
        peaks.append(events[-1].report.usage.memory_peak_bytes)

    assert peaks[0] > 40 << 20
    assert peaks[1] < 20 << 20
