"""The labs that ship: each is proven as it stands, and each known mistake finds its explanation."""

from pathlib import Path

import pytest

from milepost.engine import Outcome
from milepost.labs import find_proof_problem, list_lab_folders, load_lab
from milepost.submissions.misconceptions import find_misconceptions

ROOT = Path(__file__).parents[2]
LABS = [load_lab(folder) for folder in list_lab_folders(ROOT / "content").values()]


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.slug)
def test_it_is_proven_as_it_stands(lab):
    assert find_proof_problem(lab) is None


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.slug)
def test_its_record_shows_a_real_proof(lab):
    record = lab.record

    assert {score["solution"].partition("-")[0] for score in record["mutants"]} == set(lab.stacks)
    for score in record["mutants"]:
        assert score["tried"] >= min(20, score["possible"])
        assert lab.is_drill or score["caught"] >= 0.9 * (score["tried"] - score["equivalent"])
        assert score["tried"] == score["caught"] + score["equivalent"] + len(score["survivors"])
    assert {cheat["stack"] for cheat in record["cheats"]} == set(lab.stacks)
    assert all(cheat["outcome"] != "passed" for cheat in record["cheats"])
    assert all(found["used"] < found["limit"] / 2 for found in record["headroom"].values())
    assert len(record["seeds"]) >= 3
    assert record["repeats"] >= 2


def known(lab):
    """What the catalog keeps of a lab's flaws."""
    return [
        {"fails": sorted(flaw.fails), "title": flaw.title, "text": flaw.misconception}
        for flaw in lab.flawed()
    ]


def outcomes(lab, failing, *, hidden=True, outcome=Outcome.FAILED):
    return {
        check.name: outcome if check.name in failing else Outcome.PASSED
        for check in lab.checks
        if hidden or not check.hidden
    }


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.slug)
def test_who_fails_as_a_known_mistake_does_reads_its_explanation(lab):
    untold = [
        f"{flaw.name}: {outcome}"
        for flaw in lab.flawed()
        for outcome in (Outcome.FAILED, Outcome.CRASHED)
        if [flaw.misconception]
        != [
            each.text
            for each in find_misconceptions(known(lab), outcomes(lab, flaw.fails, outcome=outcome))
        ]
    ]

    assert lab.flawed()
    assert untold == []


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.slug)
def test_a_try_without_hidden_checks_finds_explanations_too(lab):
    visible = {check.name for check in lab.checks if not check.hidden}

    for flaw in lab.flawed():
        found = find_misconceptions(known(lab), outcomes(lab, flaw.fails, hidden=False))
        assert (flaw.misconception in [each.text for each in found]) == bool(flaw.fails & visible)


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.slug)
def test_nobody_who_passes_or_fails_otherwise_is_told_what_they_did_not_do(lab):
    everything = {check.name for check in lab.checks}
    alike = {flaw.fails for flaw in lab.flawed()}

    assert find_misconceptions(known(lab), outcomes(lab, set())) == ()
    if frozenset(everything) not in alike:
        assert find_misconceptions(known(lab), outcomes(lab, everything)) == ()
