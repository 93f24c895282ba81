"""What the checks of all tasks share: made-up weights, calls in words, and scripts that watch a stream.

A script imports the learner's functions, gives them a stream that counts how far it was read, and prints
what came out and when. Weights and names are drawn from the seed of the run; what must come of them is known
from how they were drawn.
"""

import json
import re
from contextlib import contextmanager
from dataclasses import dataclass

from milepost.engine.checks import UNDEFINED, SolutionRaised

HIVES = ["linden", "acacia", "cherry", "chestnut", "clover", "heather", "lavender", "maple", "thyme", "willow"]
FUNCTIONS = ["read_line", "without_box", "readings", "keep", "changes", "first", "pipeline", "swarms", "season"]
SWARM = 1500
NOTHING_TOLD = (
    "A script that uses your functions ended without telling what it found. It prints that as its last line: see that nothing in your file ends the "
    "program, or prints once everything is done"
)


# Weights


@dataclass(frozen=True)
class Use:
    """One line of a script: how the learner's functions are used, and on which items."""

    code: str
    items: list
    node: str = ""
    how: str = "probe"
    others: list | None = None

    def write(self, language):
        """Write the line."""
        code = (self.node or self.code) if language == "node" else self.code
        taken = [json.dumps(each) for each in (self.items, self.others) if each is not None]
        arrow = f"(stream) => {code}" if language == "node" else f"lambda stream: {code}"
        return f"{self.how}({', '.join([*taken, arrow])}){';' if language == 'node' else ''}"

    def show(self, language):
        """Write what is used, as the learner reads it."""
        return f"`{(self.node or self.code) if language == 'node' else self.code}`"


def draw_day(random):
    """Draw a day of May or June."""
    return f"2026-{random.choice(['05', '06'])}-{random.randint(10, 28)}"


def write_time(day, number):
    """Write the time of a round of readings, five minutes after the one before."""
    return f"{day}T{8 + number // 12:02}:{number % 12 * 5:02}"


def draw_readings(random, hives, rounds):
    """Draw readings of these hives: each once a round, in another order each time, no two alike in weight."""
    day, made = draw_day(random), []
    weights = iter(random.sample(range(30_000, 50_000, 7), len(hives) * rounds))
    for number in range(rounds):
        made += [
            {"time": write_time(day, number), "hive": hive, "grams": next(weights)}
            for hive in random.sample(hives, len(hives))
        ]
    return made


def write_line(reading):
    """Write a reading as a scale sends it."""
    return f"{reading['time']} {reading['hive']} {reading['grams']}\n"


def cut_off(random):
    """Draw what is left of a line when the radio breaks off."""
    return f"{write_time(draw_day(random), 3)} {random.choice(HIVES)[:4]}\n"


def list_broken(random):
    """List lines that are broken, each in its own way."""
    time, hive, grams = write_time(draw_day(random), 3), random.choice(HIVES), random.randint(30_000, 50_000)
    broken = [
        cut_off(random),
        f"{time} {hive} {grams // 1000}.{grams % 1000:03}\n",
        f"{time} {hive} {grams} {grams}\n",
        f"{time} {hive}  {grams}\n",
        f"{time} {hive} {str(grams)[:2]}x{str(grams)[3:]}\n",
        f"{hive}\n",
        "\n",
    ]
    random.shuffle(broken)
    return broken


def change(reading, before):
    """Return the change between two readings of one hive."""
    return {"time": reading["time"], "hive": reading["hive"], "by": reading["grams"] - before["grams"]}


def list_changes(readings):
    """List the changes between readings, with the place of each in the stream, from 1."""
    found = []
    for place, reading in enumerate(readings, start=1):
        earlier = [each for each in readings[: place - 1] if each["hive"] == reading["hive"]]
        if earlier:
            found.append((change(reading, earlier[-1]), place))
    return found


# Calls


def ask(solution, name, *arguments):
    """Return what a function returns; where it raises or returns nothing, the learner is told in words."""
    with in_words(say_name(solution, name)):
        value = solution.call(name, *arguments)
    require_value(solution, name, value)
    return value


@contextmanager
def in_words(name):
    """Say more of an error than its name: the input is right, so the slip is in the learner's code."""
    try:
        yield
    except SolutionRaised as error:
        said = f": {error.message[:120]}" if error.message else ""
        raise SolutionRaised(
            f"Your {name} raised `{error.type}{said}`. Its input is one that the brief describes, so the slip is in your code: the last "
            "line of the traceback that names your file is the place. See what it takes for granted",
            type=error.type,
            message=error.message,
            traceback=error.detail,
        ) from error


def require_value(solution, name, value):
    """See that a call returned something."""
    returned = value is not None and value is not UNDEFINED
    assert returned, (
        f"Your {say_name(solution, name)} returned nothing. What a function prints, only people see; the next function goes on with what "
        "this one returns. End it with `return` and the value that you made"
    )


def say_name(solution, name):
    """Write a function's name as the learner has it."""
    return f"`{re.sub(r'_(.)', lambda found: found[1].upper(), name) if solution.language == 'node' else name}`"


# Scripts


def watch(program, solution, data, uses, *, python="", node=""):
    """Run a script that uses the learner's functions; return a note for each use, which no error ended."""
    language = solution.language
    steps = "\n".join(use.write(language) for use in uses)
    template = read_script(data, "watched", language)
    notes = run_script(program, solution, template, steps, node if language == "node" else python)
    fitting = isinstance(notes, list) and len(notes) == len(uses) and all(isinstance(note, dict) for note in notes)
    assert fitting, NOTHING_TOLD
    for use, note in zip(uses, notes, strict=True):
        raised = "error" in note
        assert not raised, f"{use.show(language)} raised {quote(note)}. {say_cause(note)}"
        require_note(use, note)
    return notes


def require_note(use, note):
    """See that a note is what the script itself writes."""
    numbers = [note.get("called"), note.get("ended"), *as_list(note.get("reads"))]
    whole = use.how != "probe" or (
        isinstance(note.get("given"), list)
        and isinstance(note.get("reads"), list)
        and len(note["given"]) == len(note["reads"])
        and all(type(each) is int for each in numbers)
        and "items" in note
    )
    assert whole and ("value" in note or use.how == "probe"), NOTHING_TOLD


def as_list(value):
    """Return a list as it is, and nothing of anything else."""
    return value if isinstance(value, list) else []


def read_script(data, name, language):
    """Read a script of this lab's, in the learner's language."""
    return (data / f"{name}.{'mjs' if language == 'node' else 'py'}").read_text(encoding="utf-8")


def run_script(program, solution, template, steps, defined):
    """Run a script beside the learner's file, and return what it prints as JSON."""
    language = solution.language
    used = [name for name in FUNCTIONS if re.search(rf"\b{name}\b", steps + defined)]
    file = "roof.mjs" if language == "node" else "roof.py"
    text = template.replace("IMPORTS", ", ".join(used)).replace("DEFINED", defined).replace("STEPS", steps)
    run = program.run(file, files={file: text})
    errors = [line for line in run.stderr.splitlines() if re.match(r"\w*Error\b", line)]
    assert run.exit_code == 0, (
        f"A script that uses your functions ended with exit code {run.exit_code}{': `' + errors[-1][:160] + '`' if errors else ''}. It imports them from "
        f"your file by the names of the brief: see which of them is missing there, and what standard error says"
    )
    return read_last_line(run.stdout)


def read_last_line(text):
    """Read the last line as JSON, which is the script's own: what the learner's functions print stands above it. Return nothing if it is none."""
    try:
        return json.loads(text.rstrip("\n").rpartition("\n")[2])
    except (ValueError, RecursionError):
        return None


def run_long(program, solution, data, defined, python, node):
    """Run a script over a long stream; return what came out, when what is held in memory did not grow on the way.

    `defined` makes the items of a round, by language; `python` and `node` use the stream `radio()`.
    """
    rounds, used = (2400, node) if solution.language == "node" else (600, python)
    text = read_script(data, "long", solution.language).replace("LAST", str(rounds - 1))
    seen = run_script(program, solution, text, used, defined[solution.language])
    fitting = isinstance(seen, dict) and isinstance(seen.get("held"), list) and all(type(each) is int for each in seen["held"])
    assert fitting, NOTHING_TOLD
    is_through = len(seen["held"]) == 2
    assert is_through, (
        f"Your functions did not walk to the end of a stream of {rounds * 50} items. More may come behind what gave nothing: only the end of the stream is the end"
    )
    grown, most, unit = seen["held"][1] - seen["held"][0], *((400, "KiB") if solution.language == "node" else (5000, "objects"))
    assert grown < most, (
        f"While {rounds * 50 - 10_000} items of a stream went by, what is held in memory grew by {grown} {unit}. A summer is hundreds of times as long, and would fill any memory. Ask of "
        "each list, set and record in your code whether it grows with every item, and keep only what is needed again"
    )
    return rounds, seen.get("found")


def quote(note):
    """Quote an error of a note."""
    return f"`{str(note['error'])[:60]}: {str(note.get('message'))[:160]}`"


def say_cause(note):
    """Say what an error in a step comes from, most often."""
    said = str(note.get("message"))
    if "iterable" in said:
        return "A step gives a stream, something that can be walked through; this one gave something else. See what your function returns"
    if "is not a function" in said or "has no len" in said or "subscriptable" in said or "has no attribute" in said:
        return "A stream can be walked through, once, and nothing else: it has no length, no positions, and no methods of a list. Use a loop"
    return "What it was given is as the brief describes it, so see what your code takes for granted there"


def require_given(use, note, expected, why, language):
    """See that a step gave these items, in this order."""
    assert note["given"] == expected, f"{use.show(language)} gave other items than it should, or the right ones in another order. {why}"


def require_reads(use, note, reads, why, language):
    """See that a step had read no more than this when it gave each of its items."""
    assert note["called"] == 0, (
        f"{use.show(language)} had read {note['called']} items before anybody asked it for one. Whoever calls a step may never ask, and a live stream has no "
        "items yet: a step that returns a list walked to the end first. Let it give its items one by one, with `yield`"
    )
    given = len(note["given"])
    assert given == len(reads), (
        f"{use.show(language)} gave {given} items, and {len(reads)} were due, so there is nothing to say yet of when it gave them. See the check of what it gives first"
    )
    assert note["reads"] == reads, (
        f"{use.show(language)} gave the right items too late: the numbers are how many items of the stream had been read each time. {why}"
    )
