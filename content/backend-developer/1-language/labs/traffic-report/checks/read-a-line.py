"""Checks of one line: what becomes of its parts, and what is no line."""

from dataclasses import replace

from milepost.engine.checks import check
from milepost.engine.checks.cases import cases

from checks.support import MONTHS, WORDS, as_json, call, make_address, make_entry


def ask_record(solution, line, nature="is whole"):
    """Return what `parse_line` makes of this line."""
    promise = (
        "Nothing is wrong with the line, so the slip is in your code; the traceback names the place"
        if nature.startswith("is whole")
        else "It never raises, whatever the text: see what your code takes for granted about a line, and return "
        "`None` (`null`) for one that does not fit"
    )
    about = f" on a line that {nature}"
    return as_json(solution, call(solution, "parse_line", line, promise, about))


def assert_record(record, expected, reason, nature="is whole"):
    """Compare a line's record, so that the message names what is wrong with it."""
    assert record is not None, (
        f"Your `parse_line` gave nothing for a line that {nature}. Its request would be missing "
        "from the report; go through the line part by part and see which one you refuse"
    )
    assert isinstance(record, dict), (
        "Your `parse_line` gave something else than an object. Others look its parts up by name"
    )
    absent = [name for name in expected if name not in record]
    assert not absent, (
        f"`{absent[0]}` is missing from your record. Other code looks for each part "
        "by its name, spelt as in the brief"
    )
    added = [name for name in record if name not in expected]
    assert not added, (
        f"Your record holds `{str(added[0])[:40]}`, which the brief does not name. Other code relies on the six parts; "
        "return those and no others"
    )
    wrong = [f"`{name}`" for name in record if (name, record[name]) not in expected.items()]
    assert record == expected, f"Your record is wrong in {', '.join(wrong)}. {reason}"


@check(task="read-a-line", objectives=["language.data-types"])
def test_line_becomes_record(solution, random):
    """A line becomes a record, its numbers as numbers"""
    for month in random.sample(range(1, 13), 12):
        entry = replace(make_entry(random), month=month)
        assert_record(
            ask_record(solution, entry.line),
            entry.record,
            "Text from outside is turned into the right types once, at the door: status and "
            "bytes as numbers, the path without its query, the hour as a date that sorts",
        )
    silent, nature = replace(make_entry(random), size=None), "is whole, and whose size is `-`"
    assert_record(
        ask_record(solution, silent.line, nature),
        silent.record,
        "This line's size is `-`: nothing was sent, which is the number 0",
        nature,
    )
    ended, nature = make_entry(random), "is whole, and ends with `\\r\\n`"
    assert_record(
        ask_record(solution, ended.line + "\r\n", nature),
        ended.record,
        "This line ends with `\\r\\n`, and a line ending is no part of the line",
        nature,
    )


def require_nothing(record, fault, why):
    """See that a line with this fault gave nothing."""
    assert record is None, (
        f"Your `parse_line` read a line that {fault}. {why}"
        if record
        else f"Your `parse_line` gave an empty value for a line that {fault}. The line is refused, as it should be; say so "
        "with `None` (`null`), which nobody takes for a record"
    )


@check(task="read-a-line", objectives=["language.error-handling"])
def test_broken_line_gives_nothing(solution, random):
    """A malformed line gives nothing, and raises nothing"""
    entry = make_entry(random)
    line, request = entry.line, f"{entry.method} {entry.path}{entry.query} HTTP/1.1"
    before, after = f'" {entry.status:03} ', f' "{entry.referrer}"'
    size = line.split(before)[1].split(after)[0]
    broken = {
        "was cut off": line[: line.rindex(entry.agent) - 1].rstrip(),
        "was cut off in its last quote": line[:-1],
        "has no request": line.replace(request, "-"),
        "has a month that does not exist": line.replace(f"/{MONTHS[entry.month - 1]}/", "/Foo/"),
        "has a status that is no number": line.replace(before, '" 2x0 '),
        "has a negative size": line.replace(before + size, before + "-1"),
        "has a size with a unit": line.replace(before + size, before + "12kB"),
        "goes on after the agent": line + " 0.004",
        "is another program's": "worker process 4711 exited on signal 11",
    }
    assert ask_record(solution, line) is not None, (
        "Your `parse_line` gave nothing for a line that is whole. Refusing everything is no way "
        "to refuse what is broken; see which part of it you don't accept"
    )
    for fault, text in cases(broken):
        require_nothing(
            ask_record(solution, text, fault),
            fault,
            "A half-understood line puts invented facts into the report; give nothing for it",
        )


@check(task="read-a-line", objectives=["language.error-handling"])
def test_a_quoted_text_ends_at_its_quote(solution, random):
    """A quoted text ends at its first quote without a backslash, and nothing follows the last one"""
    entry, word = make_entry(random), random.choice(WORDS)
    assert ask_record(solution, entry.line) is not None, (
        "Your `parse_line` gave nothing for a line that is whole. Before the quotes inside a text matter, the line itself "
        "must be read; go through it part by part and see which one you refuse"
    )
    whole = [rf"the \"{word}\" shop", rf"C:\\{word}\\", rf"\"{word}\"", rf"{word}\\\""]
    for text in whole:
        for place in ("referrer", "agent"):
            line = replace(entry, **{place: text}).line
            assert ask_record(solution, line, f"is whole, and whose {place} is `{text}`") is not None, (
                f"Your `parse_line` gave nothing for a line whose {place} is `{text}`. A quote or a backslash that has "
                "a backslash before it belongs to the text; go on behind it, and look for the next quote"
            )
    broken = {
        "has a third quoted text behind the agent": f'{entry.line} "{make_address(random)}"',
        "has a bare quote inside its referrer": replace(entry, referrer=f'/find?q="{word}"').line,
        "has a bare quote inside its agent": replace(entry, agent=f'my "{word}" phone').line,
        "never closes its agent, since the last quote is escaped": replace(entry, agent=f"{word}\\").line,
    }
    for fault, text in cases(broken):
        require_nothing(
            ask_record(solution, text, fault),
            fault,
            "A pattern such as `\".*\"` takes all it can get and runs over the quote that ends the text; say which letters a "
            "text may hold, and that nothing may follow the last one",
        )
