"""Every kind of evidence is whole: a template, a line of text, an example; a component's too."""

import json
import os
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

import milepost
from harness.evidence_scenes import describe_shape
from milepost.engine.evidence.registry import list_kinds
from milepost.engine.evidence.stored import evidence_from_json
from milepost.web.rendering.environment import find_template, get_environment

KINDS = pytest.mark.parametrize("kind", list_kinds(), ids=lambda kind: kind.name)
TOY = '''
"""A lamp as evidence: that it was switched, and whether it burns."""

from dataclasses import dataclass, field
from typing import ClassVar, Literal

from milepost.engine.evidence.contract import Evidence, Lane

LAMPS = Lane("lamps", 50, "Lamps", "lamp")


@dataclass(frozen=True, slots=True)
class Switch:
    """Which lamp."""

    room: str


@dataclass(frozen=True, slots=True)
class Light:
    """What came of it."""

    burns: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LampSwitched(Evidence):
    """A lamp was switched."""

    kind: Literal["lamp"] = field(default="lamp", init=False)
    request: Switch
    response: Light
    lane: ClassVar[Lane | None] = LAMPS

    def summarise(self) -> str:
        """Say whether it burns."""
        return "light" if self.response.burns else "dark"


KINDS = (LampSwitched,)
'''
TOY_TEMPLATE = """
{% import "evidence/_parts.html" as parts %}
{% macro line(item) %}{{ parts.code_line(item) }}{% endmacro %}
{% macro body(item) %}{{ parts.block("Room", item.request.room) }}{% endmacro %}
"""
LAMP = {
    "kind": "lamp", "title": "switch kitchen", "at_seconds": 0.1, "duration_seconds": 0.1,
    "actor": "check", "request": {"room": "<kitchen>"}, "response": {"burns": True},
    "repeat": None, "truncated": False,
}  # fmt: skip
USE = """
import json
from milepost.api.v1.schemas.gradings import CheckOut
from milepost.engine.evidence.stored import evidence_from_json
from milepost.engine.serialize import to_json
from milepost.web.rendering.environment import get_environment

lamp = evidence_from_json(json.loads({lamp!r}))
page = get_environment().from_string(
    '{{% from "submissions/_evidence.html" import timeline %}}{{{{ timeline([lamp]) }}}}'
).render(lamp=lamp)
schema = CheckOut.model_json_schema(mode="serialization")
print(json.dumps([
    type(lamp).__name__, lamp.describe(), lamp.lane.title, to_json(lamp), page,
    schema["properties"]["evidence"]["items"]["discriminator"]["mapping"]["lamp"],
]))
"""


def render(piece):
    macros: Any = get_environment().get_template(find_template(piece)).module
    return macros.line(piece), macros.body(piece)


def list_words(value):
    """List the texts that a sample holds, without names of fields."""
    if isinstance(value, dict):
        return [word for inner in value.values() for word in list_words(inner)]
    if isinstance(value, list):
        return [word for inner in value for word in list_words(inner)]
    return [value] if isinstance(value, str) and value.isalnum() else []


@KINDS
def test_a_kind_has_a_line_and_a_body_on_a_page_and_a_line_of_text(kind):
    for sample in kind.read_samples():
        piece = evidence_from_json(sample)
        line, body = render(piece)

        assert piece.describe().startswith(sample["title"])
        assert piece.summarise().partition("\n")[0] in piece.describe()
        assert 'class="moment-title"' in line
        assert 'class="exchange' in body or 'class="plan' in body
        for word in list_words(sample["response"]) if kind.name != "spoiled" else []:
            assert word in body, word


def test_a_piece_of_no_known_kind_is_shown_as_it_was_stored():
    piece = evidence_from_json({**LAMP, "kind": "lantern"})

    line, body = render(piece)

    assert find_template(piece) == "evidence/unknown.html"
    assert "switch kitchen" in line
    assert "&lt;kitchen&gt;" in body
    assert "burns" in body


@KINDS
async def test_a_kind_stands_in_the_reference_of_the_api_with_a_recorded_example(client, kind):
    document = (await client.get("/api/openapi.json")).json()
    schemas = document["components"]["schemas"]

    listed = schemas["CheckOut"]["properties"]["evidence"]["items"]
    name = listed["discriminator"]["mapping"][kind.name].rpartition("/")[2]
    assert {"$ref": f"#/components/schemas/{name}"} in listed["oneOf"]
    assert schemas[name]["examples"] == kind.read_samples()[:1]
    for sample in kind.read_samples():
        assert sample.keys() == schemas[name]["properties"].keys()
        assert describe_shape(sample).keys() == set(schemas[name]["required"])


def test_a_component_brings_a_kind_with_all_that_belongs_to_it_in_its_own_folder(tmp_path):
    source = Path(milepost.__file__).parent
    shutil.copytree(source, tmp_path / "milepost", ignore=shutil.ignore_patterns("__pycache__"))
    backing = tmp_path / "milepost" / "engine" / "backing"
    toy = backing / "toy"
    toy.mkdir(parents=True)
    for package in (backing, toy):
        (package / "__init__.py").touch()
    (toy / "evidence.py").write_text(textwrap.dedent(TOY))
    (toy / "lamp.html").write_text(TOY_TEMPLATE)
    (toy / "lamp.json").write_text(json.dumps([LAMP]))

    ran = subprocess.run(
        [sys.executable, "-c", USE.format(lamp=json.dumps(LAMP))],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 0, ran.stderr
    kind, line, lane, written, page, schema = json.loads(ran.stdout)
    assert (kind, line, lane) == ("LampSwitched", "switch kitchen → light", "Lamps")
    assert written == LAMP
    assert "<code>switch kitchen</code>" in page
    assert "&lt;kitchen&gt;" in page
    assert schema == "#/$defs/LampSwitched"
