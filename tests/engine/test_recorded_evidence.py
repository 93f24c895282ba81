"""The samples of evidence are what the engine records today, piece by piece and field by field.

They are recorded anew with `RECORD_EVIDENCE=1` in the environment.
"""

import json
import os
from collections import defaultdict

import pytest

from harness.built_components import find_missing
from harness.evidence_scenes import PATIENT, SCENES, describe_shape
from milepost.engine.evidence.registry import list_kinds
from milepost.engine.serialize import to_json

OF_COMPONENTS = {"documents": "mongo"}  # kinds that only a component leaves which not all have
CHANGING = {"at_seconds", "duration_seconds"}  # numbers that are sometimes whole


def shape(piece):
    fields = {name: value for name, value in piece.items() if name not in CHANGING}
    return json.dumps(describe_shape(fields), sort_keys=True)


@pytest.fixture
async def recorded(grade):
    """One piece of each shape that the scenes leave, by kind, in order."""
    found = defaultdict(dict)
    for checks, files, more in SCENES:
        if find_missing(*more.get("services", ())):
            continue
        graded = await grade(checks, files, **{"limits": PATIENT, **more})
        for check in graded.report.checks:
            for piece in map(to_json, check.evidence):
                found[piece["kind"]].setdefault(shape(piece), piece)
    return found


async def test_the_engine_records_what_the_samples_show(recorded):
    kinds = [
        kind
        for kind in list_kinds()
        if kind.name not in OF_COMPONENTS or not find_missing(OF_COMPONENTS[kind.name])
    ]
    if os.environ.get("RECORD_EVIDENCE"):
        for kind in kinds:
            pieces = json.dumps([*recorded[kind.name].values()], ensure_ascii=False, indent=1)
            kind.samples.parent.mkdir(exist_ok=True)
            kind.samples.write_text(pieces + "\n", encoding="utf-8")

    for kind in kinds:
        samples = [shape(sample) for sample in kind.read_samples()]
        assert samples, kind.name
        assert sorted(samples) == sorted(recorded[kind.name]), kind.name
    assert recorded.keys() == {kind.name for kind in kinds}
