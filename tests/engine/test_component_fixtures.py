"""A check process loads the fixtures of the components that its lab names, and of no others."""

from dataclasses import replace

import pytest

from harness.built_components import skip_without
from milepost.engine import Limits, Verdict
from milepost.engine.backing.registry import list_components

PATIENT = Limits(wall_seconds=60, run_seconds=15)
NAMES = [component.name for component in list_components()]
LOADED = """
    import sys

    @check(task="t", objectives=["o"])
    def test_it(seed):
        prefix = "milepost.engine.backing."
        found = {name.split(".")[3] for name in sys.modules if name.startswith(prefix)}
        note("loaded", components=sorted(found & set(KNOWN)), libraries=sorted(
            {"redis", "psycopg", "h11", "httpx"} & sys.modules.keys()))
"""


def loaded(graded):
    assert graded.report.verdict is Verdict.PASSED, graded.report.message
    return graded.only.evidence[0].request


async def test_lab_without_components_pays_for_none(grade):
    graded = await grade(LOADED.replace("KNOWN", str(NAMES)), "", limits=PATIENT)

    assert loaded(graded) == {"components": [], "libraries": []}


@pytest.mark.parametrize("name", NAMES)
async def test_only_what_a_lab_names_is_loaded(grade, name):
    skip_without(name)
    checks = LOADED.replace("KNOWN", str(NAMES))

    graded = await grade(checks, "", limits=PATIENT, services=(name,))

    assert loaded(graded)["components"] == [name]


async def test_labs_that_differ_in_components_alone_do_not_share_a_process(engine, make_request):
    asks = """
        @check(task="t", objectives=["o"])
        def test_it(redis):
            assert redis.keys() == []
    """

    request = make_request(asks, "", limits=PATIENT, services=("redis",))

    named = [event async for event in engine.grade(request)]
    without = replace(request, spec=replace(request.spec, services=("upstream",)))
    lacking = [event async for event in engine.grade(without)]

    assert named[-1].report.verdict is Verdict.PASSED, named[-1].report.message
    assert lacking[-1].report.verdict is Verdict.LAB_BROKEN
    assert 'services = ["redis"]' in lacking[-1].report.message


@pytest.mark.parametrize("component", list_components(), ids=lambda component: component.name)
async def test_every_fixture_says_what_brings_it(grade, component):
    checks = "".join(
        f"""
        @check(task="t", objectives=["o"])
        def test_{fixture}({fixture}):
            pass
        """
        for fixture in component.fixtures
    )

    graded = await grade(checks, "", limits=PATIENT)

    assert graded.report.verdict is Verdict.LAB_BROKEN
    for check in graded.report.checks:
        fixture = check.name.removeprefix("test_")
        bringing = [each.name for each in list_components() if fixture in each.fixtures]
        said = [f'lab.toml does not say services = ["{name}"].' for name in bringing]
        assert any(each in check.message for each in said), check.message
