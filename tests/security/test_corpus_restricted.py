"""The corpus in the restricted tier: the same cases, each ended as it says or as `restricted` says."""

from dataclasses import replace
from pathlib import Path

import pytest

from milepost.engine import IsolationUnavailable, Tier, probe_isolation
from security.restricted import BY_CASE, DIFFERENCES, KINDS, SHORT, Difference, write_table
from security.test_corpus import CASES

STATUS = probe_isolation(Tier.RESTRICTED)
needs_tier = pytest.mark.skipif(not STATUS.ready, reason=STATUS.reason)
HELD = [case for case in CASES if case.lab.kind in KINDS]
REFUSED = [case for case in CASES if case.lab.kind not in KINDS]
SECURITY = Path(__file__).parents[2] / "SECURITY.md"


def is_short(case):
    return str(case) in SHORT or str(case) in BY_CASE


@needs_tier
@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=str(case), marks=[] if is_short(case) else [pytest.mark.storm])
        for case in sorted(HELD, key=lambda case: case.lab.kind)
    ],
)
async def test_cheat_is_caught_and_its_twin_passes_or_ends_as_said(restricted_court, case):
    other = BY_CASE.get(str(case), Difference())
    here = replace(case, caught=other.caught or case.caught, prints=other.prints or case.prints)

    await restricted_court.hold(here, other.twin)


@needs_tier
async def test_every_other_case_is_refused_before_any_of_it_runs(
    restricted_engine, restricted_court
):
    for case in REFUSED:
        request = restricted_court.request(case.lab, case.stack, case.cheat)
        with pytest.raises(IsolationUnavailable, match="needs the isolated tier"):
            await anext(restricted_engine.grade(request))


def test_what_is_said_of_cases_is_said_of_cases_that_there_are():
    names = {str(case) for case in HELD}

    assert (SHORT | set(BY_CASE)) - names == set()
    assert set(BY_CASE) & SHORT == set()
    assert sum(map(len, DIFFERENCES.values())) == len(BY_CASE)


def test_what_is_said_of_a_case_is_not_what_the_case_itself_says():
    own = {str(case): case for case in HELD}
    alike = [
        name
        for name, other in BY_CASE.items()
        if other == Difference()
        or other.caught == own[name].caught
        or (other.prints is not None and other.prints == own[name].prints)
    ]

    assert alike == []


def test_security_md_tells_of_exactly_these_differences():
    text = SECURITY.read_text(encoding="utf-8")

    assert write_table() in text, f"SECURITY.md should say:\n{write_table()}"
    counted = (
        f"{len(HELD)} cases at programs and functions run here too, and {len(BY_CASE)} of them"
    )
    assert counted in " ".join(text.split())
