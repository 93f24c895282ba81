"""What an edit in a lab's checks can change: one check's results, or those of all of them."""

import pytest

from milepost.labs import load_lab
from milepost.labs.verification.check_digests import digest_checks

FIRST, SECOND = "test_name_is_greeted", "test_no_name_is_refused"
WORDS = ("People like to hear their names", "A name is half of a greeting")
USES = "\n\ndef ask_again(solution, random):\n    return {}\n\n\nPLACE = ask_again\n"


def digests_around_an_edit(lab):
    before = digest_checks(load_lab(lab.folder))
    lab.replace("checks.py", *WORDS)
    return before, digest_checks(load_lab(lab.folder))


def test_an_edit_in_a_check_is_that_checks_alone(lab):
    before, after = digests_around_an_edit(lab)

    assert before.own[FIRST] != after.own[FIRST]
    assert before.own[SECOND] == after.own[SECOND]
    assert before.shared == after.shared


@pytest.mark.parametrize("use", [FIRST, f"globals()['x'] or this.{FIRST}"], ids=["name", "member"])
def test_a_check_that_a_helper_names_is_shared_by_all(lab, use):
    text = (lab.folder / "checks.py").read_text()
    lab.write("checks.py", text + USES.format(use))

    before, after = digests_around_an_edit(lab)

    assert before.shared != after.shared


def test_comments_and_line_breaks_change_nothing(lab):
    before = digest_checks(load_lab(lab.folder))
    lab.replace("checks.py", "# What follows is nobody's business.", "# Nor is this.\n")

    assert digest_checks(load_lab(lab.folder)) == before
