"""Checks of the channels: small scripts that make channels and ask what they send.

Targets and texts are drawn from the seed of the run.
"""

import json
import re

from milepost.engine.checks import check

LETTERS = "abcdefghijklmnopqrstuvwxyz "

PYTHON = """import json

from channels import {names}

{kinds}
print(json.dumps([{asked}], default=str))
"""

NODE = """import {{ {names} }} from "./channels.mjs";

{kinds}
console.log(JSON.stringify([{asked}], (key, value) => value ?? null));
"""

# Kinds of next year: one that inherits from nothing, and one that is a channel and does it another way.
NEW_KINDS = {
    "python": """
class Board:
    def lines(self, text):
        return ["on the board:", text.upper()]


class Letter(Channel):
    def lines(self, text):
        return ["Dear " + self.target + ",", *super().lines(text), "Yours"]

""",
    "node": """
class Board {
  lines(text) {
    return ["on the board:", text.toUpperCase()];
  }
}

class Letter extends Channel {
  lines(text) {
    return ["Dear " + this.target + ",", ...super.lines(text), "Yours"];
  }
}

""",
}


def draw_text(random, length):
    """Draw a text of this length, letters at both ends."""
    inner = "".join(random.choices(LETTERS, k=length - 2))
    return f"{random.choice(LETTERS[:-1])}{inner}{random.choice(LETTERS[:-1])}"


def cut(target, text):
    """Say what a text message is cut into."""
    return [f"{target}: {piece}" for piece in re.findall(".{1,10}", text)]


def ask(program, solution, channels, text, kinds=""):
    """Run a script that makes channels, written as in Python, and return what each gives for the text."""
    asked = ", ".join(f"{channel}.lines({json.dumps(text)})" for channel in channels)
    names = [name for name in ("Channel", "Sms", "Muted", "Urgent") if re.search(rf"\b{name}\b", kinds + asked)]
    if solution.language == "node":
        file, script, asked = "visitor.mjs", NODE, re.sub(r"\b([A-Z]\w+)\(", r"new \1(", asked)
    else:
        file, script = "visitor.py", PYTHON
    run = program.run(file, files={file: script.format(names=", ".join(names), kinds=kinds, asked=asked)})
    errors = [line for line in run.stderr.splitlines() if re.match(r"\w*(Error|Exception)\b", line)]
    assert run.exit_code == 0, (
        f"Somebody asked each channel for its lines, and one of them broke down: `{errors[-1][:160] if errors else 'see standard error'}`. "
        "Whatever is a channel gives a list of lines; it may be empty, but it is never refused"
    )
    return run.json()


@check(task="alerts-on-every-channel", objectives=["language.inheritance"])
def test_text_messages_come_in_pieces(program, solution, random):
    """A text message of any length comes in pieces of 10"""
    target, length = str(random.randint(100, 999)), random.choice([11, 23, 37])
    long, full, short = draw_text(random, length), draw_text(random, 20), draw_text(random, random.randint(2, 9))

    for text in (short, full, long):
        found = ask(program, solution, [f'Sms("{target}")'], text)
        assert found == [cut(target, text)], (
            f"A text of {len(text)} characters was sent. Whoever sends it knows only that this is a channel, so a text message takes every length that a channel takes, and gives "
            "a list, even of one line"
        )


@check(task="alerts-on-every-channel", objectives=["language.inheritance"])
def test_muted_sends_nothing(program, solution, random):
    """A muted channel sends nothing"""
    found = ask(program, solution, ["Muted()"], draw_text(random, random.randint(2, 30)))

    assert found == [[]], "Nothing to send is a list without lines: whoever walks through the lines of all channels needn't ask for this one"


@check(task="alerts-on-every-channel", objectives=["language.inheritance"])
def test_urgent_on_each_channel(program, solution, random):
    """An urgent channel gives what the channel in it gives"""
    target, text = str(random.randint(100, 999)), draw_text(random, random.randint(12, 30))

    found = ask(program, solution, [f'Urgent(Channel("{target}"))', f'Urgent(Sms("{target}"))', "Urgent(Muted())"], text)

    assert found == [[f"{target}: !!{text}"], cut(target, f"!!{text}"), []], (
        "These are urgent: a channel, a text message and a muted channel. Urgent adds `!!` to the text, and the rest is the other channel's business: ask that for its lines"
    )


@check(task="alerts-on-every-channel", objectives=["language.inheritance"])
def test_urgent_on_a_new_channel(program, solution, random):
    """An urgent channel works with kinds that were written later"""
    target, text = str(random.randint(100, 999)), draw_text(random, random.randint(12, 30))

    found = ask(program, solution, ["Urgent(Board())", f'Urgent(Letter("{target}"))'], text, NEW_KINDS[solution.language])

    assert found == [["on the board:", f"!!{text}".upper()], [f"Dear {target},", f"{target}: !!{text}", "Yours"]], (
        "Somebody wrote two more kinds, a board and a letter, and made them urgent. All that Urgent may know of a channel is that it has `lines`: not its kind, nor its target"
    )
