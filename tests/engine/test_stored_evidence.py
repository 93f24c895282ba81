"""Evidence that older versions stored opens as its kind; what fits no kind opens all the same."""

import json

import pytest

from harness.stored_reports import REPORTS, list_pieces, read_stored
from milepost.engine.evidence.contract import Actor, UnknownEvidence
from milepost.engine.evidence.reading import Unfit
from milepost.engine.evidence.registry import list_kinds
from milepost.engine.evidence.stored import evidence_from_json
from milepost.engine.serialize import report_from_json, report_to_json, to_json


def without_nothing(side):
    """Leave out what says nothing, and what the actor or the check's outcome says now."""
    return {
        name: without_nothing(value) if name == "error" and isinstance(value, dict) else value
        for name, value in side.items()
        if name not in {"by", "missing"} and value not in (None, "")
    }


@pytest.mark.parametrize("name", REPORTS)
def test_every_stored_piece_opens_as_its_kind_and_loses_nothing(name):
    for stored in list_pieces(name):
        piece = evidence_from_json(stored)
        written = to_json(piece)

        assert not isinstance(piece, UnknownEvidence), stored
        for side in ("request", "response"):
            assert without_nothing(written[side]) == without_nothing(stored[side])
        for field in stored.keys() - {"request", "response"}:
            assert written[field] == stored[field]


@pytest.mark.parametrize("name", REPORTS)
def test_a_stored_report_is_written_as_it_is_read(name):
    report = report_from_json(read_stored(name))

    assert report_from_json(json.loads(json.dumps(report_to_json(report)))) == report


def test_whose_doing_it_was_is_known_of_old_evidence():
    actors = {
        (stored["kind"], stored["request"].get("by")): evidence_from_json(stored).actor
        for name in REPORTS
        for stored in list_pieces(name)
    }

    assert actors["exchange", None] is actors["command", "check"] is Actor.CHECK
    assert actors["exchange", "you"] is actors["command", "you"] is Actor.LEARNER


@pytest.mark.parametrize("kind", list_kinds(), ids=lambda kind: kind.name)
def test_a_sample_is_written_as_it_is_read(kind):
    for sample in kind.read_samples():
        piece = evidence_from_json(sample)

        assert type(piece) is kind.evidence
        assert to_json(piece) == sample


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "hologram"},
        {"response": {"status": "two hundred"}, "request": {"method": ["GET"]}},
        {"request": {"headers": 7}},
        {"actor": "nobody", "kind": "exchange"},
    ],
    ids=["kind", "types", "headers", "actor"],
)
def test_what_is_like_no_kind_opens_field_by_field(changes):
    (sample, *_) = next(kind for kind in list_kinds() if kind.name == "exchange").read_samples()
    if "actor" in changes:
        with pytest.raises(Unfit):
            evidence_from_json({**sample, **changes})
        return

    piece = evidence_from_json({**sample, **changes})

    assert isinstance(piece, UnknownEvidence)
    assert to_json(piece) == {**sample, **changes}


def test_fields_of_a_newer_version_are_left_out():
    (sample, *_) = next(kind for kind in list_kinds() if kind.name == "exchange").read_samples()

    piece = evidence_from_json({**sample, "mood": "good"})

    assert to_json(piece) == sample
