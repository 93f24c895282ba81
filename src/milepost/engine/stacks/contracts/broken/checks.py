"""How learners are told of code that cannot even begin, whatever its language.

The file raises an error with the words "broken on purpose" where it is imported or started.
"""

import pytest

from milepost.engine.checks import Program, ServiceEnded, Solution, check
from milepost.engine.checks.faults import SolutionNotImported
from milepost.engine.checks.service import Service

WORDS = "broken on purpose"


@check(task="broken", objectives=["broken"])
def test_program(program: Program) -> None:
    run = program.run()

    assert run.exit_code != 0
    _require_trace(run.stderr)


@check(task="broken", objectives=["broken"])
def test_function(solution: Solution) -> None:
    with pytest.raises(SolutionNotImported) as refused:
        solution.call("add", 2, 3)

    _require_trace(f"{refused.value}\n{refused.value.detail}")


@check(task="broken", objectives=["broken"])
def test_service(service: Service) -> None:
    with pytest.raises(ServiceEnded) as ended:
        service.start()

    _require_trace(f"{ended.value}\n{ended.value.detail}")


def _require_trace(told: str) -> None:
    assert WORDS in told, told
    assert "main." in told.lower(), "the trace names the learner's file"
