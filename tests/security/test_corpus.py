"""Every case of the corpus: caught as it says, its twin passed, and the host as it was."""

import pytest

from harness.built_components import skip_without
from security import (
    blaming,
    carrying,
    deceiving,
    escaping,
    exhausting,
    forging,
    impostors,
    lingering,
    overstating,
    parking,
    returning,
    stealing,
    subverting,
)

FAMILIES = (
    forging,
    subverting,
    stealing,
    impostors,
    exhausting,
    escaping,
    lingering,
    parking,
    blaming,
    returning,
    deceiving,
    carrying,
    overstating,
)
CASES = [case for family in FAMILIES for case in family.CASES]


def marks_of(case):
    """Mark what takes long, and what needs a server that not every machine has."""
    marks = [pytest.mark.storm] if case.storm else []
    return [*marks, pytest.mark.needs_mariadb] if "mysql" in case.lab.services else marks


@pytest.mark.needs_isolated_tier
@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=str(case), marks=marks_of(case))
        for case in sorted(CASES, key=lambda case: case.lab.kind)  # checks of few labs stay warm
    ],
)
async def test_cheat_is_caught_and_its_twin_passes(court, case):
    skip_without(*case.lab.services)
    await court.hold(case)


def test_every_case_has_a_name_of_its_own():
    names = [str(case) for case in CASES]

    assert sorted(set(names)) == sorted(names)
