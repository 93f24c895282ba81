"""The API does what its document says, by Schemathesis: as a learner, as nobody, a bounded number.

Its inputs are drawn in a fixed way, so that a run that failed fails again.
"""

import asyncio
import sys
from pathlib import Path

import pytest

SCHEMATHESIS = str(Path(sys.executable).with_name("schemathesis"))
INPUTS_AN_OPERATION = 6
# What it is not to try or complain about: an option, or a check's setting, and the reason.
LEFT_OUT = {
    "--exclude-operation-id=stream_grading_events": "lasts as long as its grading waits",
}
LEFT_OUT_FOR_LEARNERS = {
    "--exclude-operation-id=revoke_current_token": "the learner would be nobody from then on",
}
EXCEPTIONS = {
    "positive_data_acceptance.expected-statuses = [200, 201, 202, 204, 401, 404, 409, 412, 413,"
    " 422, 428, 429]": "what has the right form may still name a lab, a track, a stack, a file or a"
    " state that is not accepted",
}
BOUNDS = [
    f"--max-examples={INPUTS_AN_OPERATION}",
    "--generation-deterministic",
    "--request-timeout=20",
    "--continue-on-failure",
    "--suppress-health-check=all",
    "--warnings=off",
    "--no-color",
]
# Who is nobody is refused by most operations at once, so fewer inputs will do.
NOBODYS = ["--phases=examples,fuzzing"]
LEARNERS = ["--phases=examples,coverage,fuzzing", *LEFT_OUT_FOR_LEARNERS]


@pytest.mark.parametrize("is_learner", [True, False])
async def test_the_api_does_what_its_document_says(site, tmp_path, is_learner):
    config = tmp_path / "schemathesis.toml"
    config.write_text("[checks]\n" + "".join(f"{setting}\n" for setting in EXCEPTIONS))
    token = [f"--header=Authorization: Bearer {site.learner.token}"]
    who = [*LEARNERS, *token] if is_learner else NOBODYS
    document = f"{site.url}/api/openapi.json"

    run = await asyncio.create_subprocess_exec(
        *(SCHEMATHESIS, f"--config-file={config}", "run", document, *BOUNDS, *LEFT_OUT, *who),
        cwd=tmp_path,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    told, _ = await run.communicate()

    assert run.returncode == 0, told.decode()
