"""How a lab is graded is stored as one record; what older versions stored of it is still read."""

import json

import pytest

from harness.stored_specs import MANIFESTS, read_manifest
from milepost.engine import Entry, GradingSpec, Limits
from milepost.engine.limits import MEBIBYTE


@pytest.mark.parametrize("name", MANIFESTS)
def test_a_manifest_of_before_is_read_and_lasts_when_it_is_written_anew(name):
    stored = read_manifest(name)

    spec = GradingSpec.from_json(stored)

    assert spec.entries.keys() == {*stored["stacks"]}
    for stack, entry in spec.entries.items():
        said = stored["entries"][stack]
        assert [*entry.program] == said["program"]
        assert entry.module == said["module"]
        assert [*entry.service] == said.get("service", [])
    assert spec.limits.to_document() == stored["limits"]
    assert [*spec.services] == stored.get("services", [])
    assert GradingSpec.from_json(json.loads(json.dumps(spec.to_json()))) == spec


def test_samples_are_of_every_shape_that_was_stored():
    stored = [read_manifest(name) for name in MANIFESTS]

    assert {"services" in each for each in stored} == {True, False}
    assert {"service" in entry for each in stored for entry in each["entries"].values()} == {
        True,
        False,
    }


def test_what_is_missing_is_as_by_default_and_what_is_unknown_means_nothing():
    document = GradingSpec({"python": Entry(("python", "main.py"))}).to_json()
    del document["entries"]["python"]["service"]
    document["entries"]["python"]["colour"] = document["mood"] = "blue"

    assert GradingSpec.from_json(document).entries == {"python": Entry(("python", "main.py"))}


def test_a_newer_format_is_refused():
    document = GradingSpec(limits=Limits(memory_bytes=64 * MEBIBYTE)).to_json()
    document["format"] += 1

    with pytest.raises(ValueError, match="newer Milepost"):
        GradingSpec.from_json(document)
