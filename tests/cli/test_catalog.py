"""`milepost catalog coverage`: what stands for each objective, as a table and as rows of JSON."""

import json

import pytest

from factories.content import (
    ADDING,
    TINY_SKILLS,
    VISIBLE,
    CheckDraft,
    FlawDraft,
    write_lab,
    write_lesson,
    write_path,
)
from harness.installation import run_milepost

SLIP = FlawDraft("takes-away", (VISIBLE.name,), "Minus is not plus.")
NAMED = CheckDraft(name="test_named", title="It has a name", objective="basics.naming")


@pytest.fixture
def path(tmp_path):
    return write_path(tmp_path, "tiny", TINY_SKILLS)


def put_lab(path, slug, **others):
    facts = {"skill": "basics", "stacks": ("python",), "checks": (VISIBLE,), "limits": {}}
    return write_lab(path, slug, title="Adding", **{**facts, **others})


def measure(path, *arguments):
    ran = run_milepost("catalog", "coverage", "--content", str(path.parent), "--json", *arguments)
    assert ran.returncode == 0, ran.stderr
    return {f"{row['skill']}.{row['objective']}": row for row in json.loads(ran.stdout)}


def test_each_objective_has_a_row_that_says_what_stands_for_it(path):
    write_lesson(path, "adding", skill="basics")
    put_lab(path, "sums", stacks=("python", "node"), flaws=(SLIP,))

    rows = measure(path)

    assert list(rows) == ["basics.adding", "basics.naming", "beyond.carrying"]
    assert rows[ADDING] == {
        "path": "tiny",
        "skill": "basics",
        "objective": "adding",
        "title": rows[ADDING]["title"],
        "lesson": True,
        "drill": None,
        "labs": ["sums"],
        "stacks": ["python", "node"],
    }
    assert not rows["basics.naming"]["lesson"]
    assert rows["basics.naming"]["labs"] == rows["basics.naming"]["stacks"] == []


def test_a_lab_that_no_flaw_shows_to_prove_an_objective_is_not_counted(path):
    put_lab(path, "sums", checks=(VISIBLE, NAMED), flaws=(SLIP,))

    rows = measure(path)

    assert rows[ADDING]["labs"] == ["sums"]
    assert rows["basics.naming"]["labs"] == []


def test_a_flaw_that_a_check_of_another_objective_catches_is_not_counted(path):
    caught_elsewhere = FlawDraft("slips", (NAMED.name,), "Minus is not plus.")
    put_lab(path, "sums", checks=(VISIBLE, NAMED), flaws=(caught_elsewhere,))

    assert measure(path)[ADDING]["labs"] == []


def test_a_drill_practises_and_proves_nothing(path):
    second = FlawDraft("other", (VISIBLE.name,), "Minus is not plus.")
    checks = (VISIBLE, CheckDraft(name="test_again", title="Again"))
    put_lab(path, "drill-adding", checks=checks, flaws=(SLIP, second))

    row = measure(path)[ADDING]

    assert (row["drill"], row["labs"]) == ("drill-adding", [])


def test_the_table_sums_up_each_skill_and_one_can_be_asked_for(path):
    put_lab(path, "sums", flaws=(SLIP,))

    ran = run_milepost("catalog", "coverage", "--content", str(path.parent), "--skill", "basics")

    assert ran.returncode == 0
    assert "Of 2 objectives 1 can be proven and 0 practised; 0 have a lesson." in ran.stdout
    assert "carrying" not in ran.stdout


def test_what_cannot_be_read_is_named_and_the_rest_is_counted(path):
    put_lab(path, "sums", flaws=(SLIP,))
    broken = put_lab(path, "broken")
    (broken / "brief.md").unlink()

    ran = run_milepost("catalog", "coverage", "--content", str(path.parent), "--json")

    assert ran.returncode == 0
    assert f"{broken} is not counted: brief.md is missing." in " ".join(ran.stderr.split())
    assert json.loads(ran.stdout)[0]["labs"] == ["sums"]


def test_a_wrong_name_is_told_what_there_is(path, tmp_path_factory):
    skill = run_milepost("catalog", "coverage", "--content", str(path.parent), "--skill", "basic")
    folder = tmp_path_factory.mktemp("empty")
    nothing = run_milepost("catalog", "coverage", "--content", str(folder))

    assert skill.returncode == nothing.returncode == 2
    assert "There is no skill 'basic'." in skill.stderr
    assert "basics" in skill.stderr
    assert "There is no path in" in nothing.stderr
