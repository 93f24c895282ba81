"""Checks of the mailbox. Quotas, sizes and subjects are drawn from the seed of the run."""

from milepost.engine.checks import SolutionRaised, check

SUBJECTS = ["Hello", "Photos", "Invoice", "Your order", "Lunch?", "Minutes", "Re: Minutes"]
REFUSALS = {"python": "ValueError", "node": "RangeError"}

PYTHON = """import json

from inbox import Mailbox

box = Mailbox({quota})
box.receive("{subject}", {size})
handed_out = box.subjects
try:
    handed_out.append("{other}")
except AttributeError:
    pass  # a tuple can't be changed, which is fine
print(json.dumps([list(box.subjects), box.used]))
"""

NODE = """import {{ Mailbox }} from "./inbox.mjs";

const box = new Mailbox({quota});
box.receive("{subject}", {size});
const handedOut = box.subjects;
try {{
  handedOut.push("{other}");
}} catch {{
  // a frozen list can't be changed, which is fine
}}
console.log(JSON.stringify([box.subjects, box.used]));
"""


def look_into(box):
    """Return what a mailbox shows: its subjects and the size of its mail."""
    subjects = box.get("subjects")
    return [list(subjects) if isinstance(subjects, list | tuple) else subjects, box.get("used")]


def find_refusal(solution, act):
    """Return the type of the error that something raises, or a sentence if it raises none."""
    try:
        act()
    except SolutionRaised as error:
        return error.type
    return "no error"


@check(task="a-mailbox-with-a-quota", objectives=["language.classes-and-objects"])
def test_mail_that_fits_is_received(solution, random):
    """Mail that fits is received, up to the last kilobyte"""
    first, second = random.sample(SUBJECTS, 2)
    size, rest = random.randint(2, 40), random.randint(2, 40)

    box = solution.new("Mailbox", size + rest + 1)
    assert look_into(box) == [[], 0], "A new mailbox is empty"
    box.call("receive", first, size)
    box.call("receive", second, rest)
    box.call("receive", first, 1)
    assert look_into(box) == [[first, second, first], size + rest + 1], (
        "These three mails fill the mailbox to its last kilobyte, and still fit: the last one has a size of 1, which is the smallest"
    )


@check(task="a-mailbox-with-a-quota", objectives=["language.classes-and-objects"])
def test_more_than_the_quota_is_refused(solution, random):
    """Mail that doesn't fit is refused, and leaves everything as it was"""
    first, second = random.sample(SUBJECTS, 2)
    size, free = random.randint(2, 40), random.randint(2, 40)

    box = solution.new("Mailbox", size + free)
    box.call("receive", first, size)
    refusal = find_refusal(solution, lambda: box.call("receive", second, free + 1))
    assert refusal == REFUSALS[solution.language], (
        f"The mailbox has {free} kB left, and this mail has {free + 1}. Refuse it with an error, so that its sender hears of it"
    )
    assert look_into(box) == [[first], size], (
        "The mail was refused, and yet the mailbox has changed. Look at the order of your lines: check first, and change only what passed"
    )


@check(task="a-mailbox-with-a-quota", objectives=["language.classes-and-objects"])
def test_mail_has_a_size(solution, random):
    """A mail of size 0, or less, is refused"""
    first, second = random.sample(SUBJECTS, 2)
    size = random.randint(20, 40)

    box = solution.new("Mailbox", 100)
    box.call("receive", first, size)
    for wrong in (0, -random.randint(1, 9)):
        refusal = find_refusal(solution, lambda wrong=wrong: box.call("receive", second, wrong))
        assert refusal == REFUSALS[solution.language], (
            f"A mail of {wrong} kB came in. A negative size would even make room for more than the quota: a rule has a lower end as well"
        )
        assert look_into(box) == [[first], size], "The mail was refused, and yet the mailbox has changed. Check first, change afterwards"


@check(task="a-mailbox-with-a-quota", objectives=["language.classes-and-objects"])
def test_a_mailbox_has_room(solution, random):
    """A mailbox with a quota of 0, or less, is never made"""
    assert look_into(solution.new("Mailbox", 1)) == [[], 0], "A quota of 1 is small, and allowed"
    for wrong in (0, -random.randint(1, 50)):
        refusal = find_refusal(solution, lambda wrong=wrong: solution.new("Mailbox", wrong))
        assert refusal == REFUSALS[solution.language], (
            f"A mailbox with a quota of {wrong} was made, and every method of it has to live with that. The constructor is where an object "
            "can be refused before it exists"
        )


@check(task="a-mailbox-with-a-quota", objectives=["language.classes-and-objects"])
def test_subjects_that_were_handed_out(solution, program, random):
    """A caller who changes the list of subjects doesn't change the mailbox"""
    subject, other = random.sample(SUBJECTS, 2)
    size = random.randint(2, 40)
    file, script = ("visitor.mjs", NODE) if solution.language == "node" else ("visitor.py", PYTHON)
    text = script.format(quota=size + 10, subject=subject, size=size, other=other)

    run = program.run(file, files={file: text})
    assert run.exit_code == 0, f"A script that puts one mail into a mailbox broke down: {run.stderr.strip()[-200:]}"
    assert run.json() == [[subject], size], (
        f"The caller wrote {other!r} into the list it was given, and the mailbox now has that mail, though it never received it: you handed out "
        "the list that the mailbox itself keeps. Hand out a copy"
    )
