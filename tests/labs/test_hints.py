"""Hints and stages in a lab's files: what is read, what is refused, what never leaves."""

from pathlib import Path

import pytest

from milepost.labs import LabInvalid, LessonSection, list_package, load_lab, package_lab, unpack_lab

HINTS = """
[test_name_is_greeted]
nudge = "A greeting without a name greets nobody."
lesson = "manners.greeting#say-the-name"
example = "In `wave(to)`, `to` is used once."
"""
LESSON = "# Greeting\n\nPeople like it.\n\n## Say the *name*\n\nDo.\n"


@pytest.fixture(autouse=True)
def lesson(content: Path) -> None:
    """Write the lesson that the small lab's objective has."""
    file = content / "politeness" / "1-manners" / "lessons" / "greeting.md"
    file.parent.mkdir()
    file.write_text(LESSON)


def problems_of(lab) -> str:
    with pytest.raises(LabInvalid) as refusal:
        load_lab(lab.folder)
    return " ".join(refusal.value.problems)


def test_hints_are_read_in_steps_and_a_section_is_known_by_its_heading(lab):
    lab.write("hints.toml", HINTS)

    (steps,) = load_lab(lab.folder).hints.values()

    assert [step.kind for step in steps] == ["nudge", "lesson", "example"]
    section = LessonSection("manners.greeting", "say-the-name", "Say the name")
    assert (steps[1].text, steps[1].section) == ("Say the name", section)


def test_a_check_may_have_a_nudge_alone(lab):
    lab.write("hints.toml", '[test_name_is_greeted]\nnudge = "Look at the name."\n')

    (steps,) = load_lab(lab.folder).hints.values()

    assert [step.text for step in steps] == ["Look at the name."]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("test_name_is_greeted", "test_no_name_is_refused", "is a hidden check"),
        ("test_name_is_greeted", "test_nobody", "there is no check test_nobody"),
        ("nudge =", "push =", "`push` is not a field here"),
        ("nudge =", "push =", "`nudge` is missing or not a text"),
        ("#say-the-name", "#shout", "has not. It has #say-the-name."),
        ("manners.greeting", "manners.waving", "has no lesson on this path"),
        ("manners.greeting#", "greeting/", "Write `skill.objective#section`"),
        ("[test", "test", "hints.toml is not TOML"),
    ],
)
def test_a_hint_that_cannot_help_is_refused_in_a_sentence(lab, old, new, said):
    lab.write("hints.toml", HINTS.replace(old, new))

    assert said in problems_of(lab)


def test_hints_make_no_new_version_and_leave_in_no_package(lab, tmp_path):
    before = load_lab(lab.folder).content_hash

    lab.write("hints.toml", HINTS)

    found = load_lab(lab.folder)
    assert found.content_hash == before
    for include_hidden in (True, False):
        package = package_lab(found, include_hidden=include_hidden)
        assert "hints.toml" not in list_package(package)
        assert b"greets nobody" not in package
    unpack_lab(package_lab(found, include_hidden=False), tmp_path / "unpacked")
    assert load_lab(tmp_path / "unpacked").hints == {}


@pytest.mark.parametrize(
    ("minutes", "said", "staged"),
    [(45, "", False), (46, "", True), (46, "stages = false", False), (10, "stages = true", True)],
)
def test_a_long_lab_is_done_in_stages_unless_its_author_says_otherwise(
    lab, tmp_path, minutes, said, staged
):
    lab.replace("lab.toml", "minutes = 10", f"minutes = {minutes}\n{said}")

    found = load_lab(lab.folder)
    unpack_lab(package_lab(found, include_hidden=False), tmp_path / "unpacked")

    assert found.is_staged is staged
    assert load_lab(tmp_path / "unpacked").is_staged is staged


def test_what_is_neither_true_nor_false_is_no_answer_on_stages(lab):
    lab.replace("lab.toml", "minutes = 10", 'minutes = 10\nstages = "yes"')

    assert "`stages` is 'yes'. Write true or false" in problems_of(lab)


def test_every_shipped_hint_is_short_enough_to_be_read():
    files = [*Path("content").glob("*/*/*/*/hints.toml")]

    assert {file.parents[1].name for file in files} == {"labs", "drills"}
    for file in files:
        for name, steps in load_lab(file.parent).hints.items():
            words = {step.kind: len(step.text.split()) for step in steps}
            assert words["nudge"] <= 60, (file, name)
            assert words.get("example", 0) <= 140, (file, name)


def test_a_lab_of_one_task_has_no_stages(lab):
    manifest = (lab.folder / "lab.toml").read_text()
    one = manifest[: manifest.rindex("[[tasks]]")].replace("minutes = 10", "minutes = 90")
    lab.write("lab.toml", one)
    lab.replace("checks.py", 'task="strangers"', 'task="greet"')

    assert load_lab(lab.folder).is_staged is False
