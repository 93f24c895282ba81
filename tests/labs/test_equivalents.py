"""Why some mutants are right answers: a reason is said once, for all changes that it is true of."""

import pytest

from milepost.labs import LabInvalid, load_lab

REASON = 'reason = "Nobody could tell."'


def write(lab, changes, reason=REASON):
    lab.write("mutants.toml", f"[[equivalent]]\n{reason}\nchanges = '''\n{changes}'''\n")


def problems_of(lab):
    with pytest.raises(LabInvalid) as caught:
        load_lab(lab.folder)
    return caught.value.problems


def test_one_reason_holds_for_several_changes_of_several_files(lab):
    write(
        lab,
        "solutions/python/greeting.py\n"
        "- NAMES  =  3\n"
        "+ NAMES = 4\n"
        "+\n"
        "\n"
        "  - - 1\n"
        "  + + 1\n"
        "solutions/python/other.py\n"
        "- pass\n"
        "+ return\n",
    )

    found = load_lab(lab.folder).equivalents

    assert [each.key for each in found] == [
        ("solutions/python/greeting.py", "NAMES = 3", "NAMES = 4"),
        ("solutions/python/greeting.py", "NAMES = 3", ""),
        ("solutions/python/greeting.py", "- 1", "+ 1"),
        ("solutions/python/other.py", "pass", "return"),
    ]
    assert {each.reason for each in found} == {"Nobody could tell."}


FAULTS = {
    "no file": ("- a\n+ b\n", "line 1 of `changes` is '- a'. First name a file"),
    "no line": ("solutions/python/a.py\n+ b\n", "line 2 of `changes` is '+ b'. First name a file"),
    "an empty line": ("solutions/python/a.py\n-\n+ b\n", "line 2 of `changes` is '-'."),
    "another folder": ("greeting.py\n", "line 1 of `changes` is 'greeting.py'."),
    "no change": (
        "solutions/python/a.py\n- a\n- b\n+ c\n",
        "`changes` names `a` and no change of it. Add a line `+ …`.",
    ),
    "no change at the end": (
        "solutions/python/a.py\n- a\n+ b\n- c\n",
        "`changes` names `c` and no change",
    ),
    "a file alone": (
        "solutions/python/a.py\nsolutions/python/b.py\n- a\n+ b\n",
        "`changes` names solutions/python/a.py and no change",
    ),
    "twice": ("solutions/python/a.py\n- a\n+ b\n+ b\n", "`a` → `b` is explained twice."),
    "nothing": ("", "`changes` is missing or not a text."),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_changes_that_are_none_are_refused_with_what_to_do(fault, lab):
    changes, sentence = FAULTS[fault]
    write(lab, changes)

    problems = problems_of(lab)

    assert problems[0].startswith("mutants.toml, [[equivalent]] 1: ")
    assert sentence in problems[0]


def test_a_field_of_another_time_is_named(lab):
    write(lab, "solutions/python/a.py\n- a\n+ b\n", f'{REASON}\nfile = "a.py"')

    [problem] = problems_of(lab)
    assert problem.startswith("mutants.toml, [[equivalent]] 1: `file` is not a field here.")
