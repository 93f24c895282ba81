"""What Milepost runs beside learner code dies in mid-run: tried again, and no attempt is lost.

The worker, the engine, its sandboxes and its PostgreSQL are the shipped ones.
"""

import os
import signal
from contextlib import suppress

import psutil
import pytest

from factories.content import CheckDraft
from harness.live_worker import wait_for
from harness.processes import find_processes

SLOW = {"adding.py": "import time\n\n\ndef add(a, b):\n    time.sleep(1.5)\n    return a + b\n"}
QUICK = CheckDraft(name="test_quick", title="Quick", body='assert solution, "There is one"')
SLEEPING = CheckDraft(
    name="test_with_a_database",
    title="With a database",
    fixtures="solution, postgres",
    body='assert postgres.value("SELECT count(pg_sleep(1.5))") == 1, "It sleeps"',
)
JUDGED = "SELECT count(*) = 1 FROM gradings WHERE verdict IS NOT NULL"


def find_inside(worker, *words, with_parent=None):
    """The processes below a worker whose title has all these words."""
    found = []
    for process in worker.children(recursive=True):
        with suppress(psutil.Error):
            title = " ".join(process.cmdline())
            parent = process.parent()
            right_parent = with_parent is None or with_parent in " ".join(parent.cmdline())
            if right_parent and all(word in title for word in words):
                found.append(process)
    return found


def find_runs(worker):
    """Check processes of runs: forked from the one that holds the lab's checks."""
    return find_inside(worker, "checks.main", with_parent="checks.main")


def find_hosts(worker):
    runs = find_runs(worker)
    return [each for each in find_inside(worker, "checks.main") if each not in runs]


def find_guest_sandboxes(worker):
    """The outermost process of each sandbox in which learner code runs now."""
    forked = find_inside(worker, "agent.launcher", with_parent="agent.launcher")
    started = find_inside(worker, "agent.harness")  # as everything is where there are no namespaces
    above = {parent for harness in (*forked, *started) for parent in harness.parents()}
    return find_processes(worker.children(), lambda each: is_room(each) and each in above)


def is_room(process):
    return process.name() == "bwrap" or "subreaper.py" in " ".join(process.cmdline())


def find_lab_postgres(worker):
    return find_processes(
        find_inside(worker, "postgres"),
        lambda each: each.name() == "postgres" and each.parent().name() != "postgres",
    )


@pytest.mark.parametrize(
    "find_victims", [find_runs, find_hosts, find_guest_sandboxes], ids=["run", "host", "sandbox"]
)
async def test_a_process_of_ours_that_dies_in_mid_run_costs_no_attempt(
    make, workers, ask, the_end, find_victims
):
    lab = await make.lab(checks=[QUICK, CheckDraft()])
    await make.submission(lab=lab, learner=await make.learner(), files=SLOW)
    worker = workers.start()
    wait_for("the first check", lambda: ask("SELECT count(*) = 1 FROM check_results"))
    wait_for("the process", lambda: find_victims(worker))

    for victim in find_victims(worker):
        with suppress(ProcessLookupError):  # the end of one may be the end of another
            os.kill(victim.pid, signal.SIGKILL)
    wait_for("the verdict", lambda: ask(JUDGED))

    end = the_end()
    assert (end["verdict"], end["attempt"], end["faults"]) == ("passed", 2, 1)
    assert end["checks"] == [(2, 1), (2, 2)]


@pytest.mark.needs_isolated_tier
async def test_the_labs_postgres_that_dies_in_mid_run_costs_no_attempt(make, workers, ask, the_end):
    lab = await make.lab(checks=[QUICK, SLEEPING], services=["postgres"])
    await make.submission(lab=lab, learner=await make.learner())
    worker = workers.start()
    wait_for("the first check", lambda: ask("SELECT count(*) = 1 FROM check_results"))
    wait_for("the sleep", lambda: find_inside(worker, "postgres: ", "SELECT"))
    [server] = find_lab_postgres(worker)

    os.kill(server.pid, signal.SIGKILL)
    wait_for("the verdict", lambda: ask(JUDGED))

    end = the_end()
    assert (end["verdict"], end["attempt"], end["faults"]) == ("passed", 2, 1)
    assert find_lab_postgres(worker) != [server]
