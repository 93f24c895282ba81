"""Checks of the traffic report. Every log is made up from the seed of the run.

What a log must lead to is counted while it is made up, never by reading it back.
"""

from collections import Counter
from dataclasses import dataclass, replace

from milepost.engine.checks import UNDEFINED, Instance, SolutionRaised, check

MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
CLASSES = ["informational", "success", "redirect", "client_error", "server_error", "other"]
STATUSES = [200] * 14 + [
    201,
    204,
    206,
    301,
    302,
    304,
    304,
    400,
    401,
    403,
    404,
    404,
    499,
    500,
    502,
    503,
]
METHODS = ["GET"] * 12 + ["POST", "POST", "PUT", "DELETE", "HEAD", "OPTIONS"]
WORDS = [
    "lamp",
    "shade",
    "bulb",
    "socket",
    "switch",
    "cable",
    "candle",
    "lantern",
    "torch",
    "mirror",
]
LONG_LOG_BYTES = 352 * 1024 * 1024  # more than a run may use; a pipe carries it in a second
AGENTS = [
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15",
    "curl/8.5.0",
    "-",
    r"Lampyre/2.1 (\"evening\" build)",
]


@dataclass(frozen=True)
class Entry:
    """One request, before it is written as a line."""

    address: str
    user: str
    day: int
    month: int
    year: int
    hour: int
    clock: str
    zone: str
    method: str
    path: str
    query: str
    status: int
    size: int | None
    referrer: str
    agent: str

    @property
    def time(self):
        return f"{self.day:02}/{MONTHS[self.month - 1]}/{self.year}:{self.hour:02}:{self.clock} {self.zone}"

    @property
    def line(self):
        size = "-" if self.size is None else self.size
        return (
            f"{self.address} - {self.user} [{self.time}]"
            f' "{self.method} {self.path}{self.query} HTTP/1.1" {self.status:03} {size}'
            f' "{self.referrer}" "{self.agent}"'
        )

    @property
    def record(self):
        return {
            "address": self.address,
            "hour": f"{self.year}-{self.month:02}-{self.day:02} {self.hour:02}:00",
            "method": self.method,
            "path": self.path,
            "status": self.status,
            "bytes": self.size or 0,
        }


def make_entry(random):
    """Make up a request."""
    path = "/" + "/".join(random.sample(WORDS, random.choice([0, 1, 1, 2, 2, 2])))
    return Entry(
        address=make_address(random),
        user=random.choice(["-", "-", "-", "alice", "bob"]),
        day=random.randint(1, 28),
        month=random.randint(1, 12),
        year=random.randint(2024, 2027),
        hour=random.randint(0, 23),
        clock=f"{random.randint(0, 59):02}:{random.randint(0, 59):02}",
        zone=random.choice(["+0000", "+0200", "-0530"]),
        method=random.choice(METHODS),
        path=path,
        query=random.choice(["", "", "", "?page=2", "?q=a?b&sort=-price"]),
        status=random.choice(STATUSES),
        size=None if random.random() < 0.1 else random.randint(0, 90_000),
        referrer=random.choice(["-", "https://shop.example/", "https://search.example/?q=lamps"]),
        agent=random.choice(AGENTS),
    )


def make_address(random):
    """Make up an address, one in five of them a long one."""
    if random.random() < 0.2:
        return f"2001:db8::{random.randint(1, 400):x}"
    return f"203.0.{random.choice([112, 113])}.{random.randint(1, 254)}"


def make_entries(random, count):
    """Make up the requests of one evening and the morning after, in order."""
    day, month = random.randint(1, 27), random.randint(1, 12)
    evening = sorted(random.choices([18, 19, 20, 21, 22, 23], [2, 3, 9, 6, 2, 1], k=count))
    return [
        replace(make_entry(random), day=day, month=month, year=2026, hour=hour, zone="+0200")
        for hour in evening
    ]


def break_lines(random, entry):
    """Return the ways in which a line can be malformed, in any order."""
    line = entry.line
    request = f"{entry.method} {entry.path}{entry.query} HTTP/1.1"
    broken = [
        line[: random.randint(12, 40)],
        line[:-1],
        line.replace(request, "-"),
        line.replace(f"/{MONTHS[entry.month - 1]}/", "/Foo/"),
        line + " 0.004",
        f"worker process {random.randint(100, 999)} exited on signal 11",
    ]
    return random.sample(broken, len(broken))


def settle_order(entries):
    """Add a few requests, so that no two of the most requested paths are equal.

    Ties have a check of their own; everywhere else they would blur what a failure means.
    """
    favourites = [path for path, _ in rank(Counter(entry.path for entry in entries))[:6]]
    samples = {entry.path: entry for entry in entries}
    extra = [[samples[path]] * (6 - place) for place, path in enumerate(favourites)]
    return entries + [entry for group in extra for entry in group]


def summarise(entries, malformed=0):
    """Count what the report must say."""
    paths = Counter(entry.path for entry in entries)
    hours = Counter(entry.record["hour"] for entry in entries)
    statuses = Counter(class_of(entry.status) for entry in entries)
    return {
        "requests": len(entries),
        "malformed": malformed,
        "bytes": sum(entry.size or 0 for entry in entries),
        "visitors": len({entry.address for entry in entries}),
        "statuses": {word: statuses[word] for word in CLASSES},
        "top_paths": [{"path": path, "requests": count} for path, count in rank(paths)[:5]],
        "busiest_hour": next(
            ({"hour": hour, "requests": count} for hour, count in rank(hours)), None
        ),
    }


def class_of(status):
    """Return the word for a status."""
    return CLASSES[status // 100 - 1] if 100 <= status <= 599 else "other"


def rank(counts):
    """Sort by count, the largest first, then by name."""
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def as_json(solution, value):
    """Return a value as JSON would hold it: the brief shows JSON, and asks for no type beyond that.

    A tuple will do for a list, and in JavaScript an object of any class, or `undefined` for `null`.
    """
    if value is UNDEFINED:
        return None
    if isinstance(value, Instance) and solution.language == "node":
        value = value.fields
    if isinstance(value, dict):
        return {key: as_json(solution, inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [as_json(solution, inner) for inner in value]
    return value


def call(solution, name, argument, promise):
    """Call a function; where it raises, the learner is told what it should have done instead."""
    try:
        return solution.call(name, argument)
    except SolutionRaised as error:
        said = f": {error.message[:120]}" if error.message else ""
        raise SolutionRaised(
            f"Your `{name}` raised {error.type}{said}. {promise}",
            type=error.type,
            message=error.message,
            traceback=error.detail,
        ) from error


def ask_record(solution, line):
    """Return what `parse_line` makes of this line."""
    promise = (
        "It never raises, whatever the text: see what your code takes for granted about this line, such as a part "
        "that is missing or digits that are none, and return nothing for a line that does not fit"
    )
    return as_json(solution, call(solution, "parse_line", line, promise))


def ask_word(solution, status):
    """Return the word that `classify_status` gives for this status."""
    promise = "Every number has a word: see which numbers your conditions leave out, and give `other` for them"
    return call(solution, "classify_status", status, promise)


def ask_report(solution, lines):
    """Return the report that `build_report` makes of these lines."""
    promise = (
        "A log always has a few damaged lines, and a report that breaks off at one tells nothing: see which line it "
        "was, count it as malformed and go on"
    )
    report = as_json(solution, call(solution, "build_report", lines, promise))
    assert isinstance(report, dict), (
        "Your `build_report` gave something else than an object. Others look its parts up by "
        "name, so return one object, also while parts of it are still missing"
    )
    return report


def report_of(run):
    """Return the report that a run of the program printed."""
    assert run.exit_code == 0, (
        "Your program ended with another exit code than 0, though the log can be read. Scripts "
        "go by that number alone; standard error says what ended it"
    )
    report = run.json()
    assert isinstance(report, dict), (
        "Your program printed JSON that is no object. Other programs look the report's parts up "
        "by name; print the one object that `build_report` makes"
    )
    return report


def part(report, name):
    """Return one part of a report, which must be there."""
    present = name in report
    assert present, (
        f"`{name}` is missing from your report. Its readers look for each part by its "
        "name, so every part is always there, spelt as in the brief"
    )
    return report[name]


def assert_statuses(report, expected):
    """Compare the counts of the six words."""
    statuses = part(report, "statuses")
    absent = [word for word in CLASSES if isinstance(statuses, dict) and word not in statuses]
    assert not absent, (
        f"`{absent[0]}` is missing from your `statuses`. Readers would have to guess what "
        "that means; all six words are there, with 0 where nothing came"
    )
    assert statuses == expected["statuses"], (
        "Your `statuses` does not hold the right six counts. Each request is counted once, under "
        "the word that `classify_status` gives for it"
    )


def assert_report(report, expected):
    """Compare part by part, so that the message speaks of the part that is wrong."""
    assert part(report, "requests") == expected["requests"], (
        "Your `requests` is not the number of lines that can be read. Each is one request, the "
        "last one too, which ends without a line ending"
    )
    assert part(report, "malformed") == expected["malformed"], (
        "Your `malformed` is not the number of damaged lines. A report that hides them claims to "
        "know more than it does; count each one and go on"
    )
    assert part(report, "bytes") == expected["bytes"], (
        "Your `bytes` is not the sum of all sizes. Add them as numbers, a `-` counting as 0"
    )
    assert part(report, "visitors") == expected["visitors"], (
        "Your `visitors` is not the number of different addresses. Who comes back is still one "
        "visitor"
    )
    assert_statuses(report, expected)
    assert part(report, "top_paths") == expected["top_paths"], (
        "Your `top_paths` holds other paths, or the same in another order. It holds the five most "
        "requested, without their queries, equals in alphabetical order"
    )
    assert part(report, "busiest_hour") == expected["busiest_hour"], (
        "Your `busiest_hour` is not the hour with the most requests, or its count is wrong. Count "
        "the hours by their text; of several, the earliest counts"
    )


def assert_record(record, expected, reason):
    """Compare a line's record, so that the message names what is wrong with it."""
    assert record is not None, (
        "Your `parse_line` gave nothing for a line that is whole. Its request would be missing "
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
    wrong = [f"`{name}`" for name in record if (name, record[name]) not in expected.items()]
    assert record == expected, f"Your record is wrong in {', '.join(wrong)}. {reason}"


# Read a line


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
    silent = replace(make_entry(random), size=None)
    assert_record(
        ask_record(solution, silent.line),
        silent.record,
        "This line's size is `-`: nothing was sent, which is the number 0",
    )
    ended = make_entry(random)
    assert_record(
        ask_record(solution, ended.line + "\r\n"),
        ended.record,
        "This line ends with `\\r\\n`, and a line ending is no part of the line",
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
    for fault, text in broken.items():
        record = ask_record(solution, text)
        assert record is None, (
            f"Your `parse_line` read a line that {fault}. A half-understood line puts invented "
            "facts into the report; give nothing for it"
        )


@check(task="read-a-line", objectives=["language.error-handling"])
def test_a_quoted_text_ends_at_its_quote(solution, random):
    """A quoted text ends at its first quote without a backslash, and nothing follows the last one"""
    entry, word = make_entry(random), random.choice(WORDS)
    whole = [rf"the \"{word}\" shop", rf"C:\\{word}\\", rf"\"{word}\"", rf"{word}\\\""]
    for text in whole:
        for place in ("referrer", "agent"):
            line = replace(entry, **{place: text}).line
            assert ask_record(solution, line) is not None, (
                f"Your `parse_line` gave nothing for a line whose {place} is `{text}`. A quote or a backslash that has "
                "a backslash before it belongs to the text; go on behind it, and look for the next quote"
            )
    broken = {
        "has a third quoted text behind the agent": f'{entry.line} "{make_address(random)}"',
        "has a bare quote inside its referrer": replace(entry, referrer=f'/find?q="{word}"').line,
        "has a bare quote inside its agent": replace(entry, agent=f'my "{word}" phone').line,
        "never closes its agent, since the last quote is escaped": replace(entry, agent=f"{word}\\").line,
    }
    for fault, text in broken.items():
        record = ask_record(solution, text)
        assert record is None, (
            f"Your `parse_line` read a line that {fault}. A pattern such as `\".*\"` takes all it can get and runs over the "
            "quote that ends the text; say which letters a text may hold, and that nothing may follow the last one"
        )


# Sort the answers


@check(task="sort-the-answers", objectives=["language.conditionals"])
def test_status_classes_at_their_borders(solution, random):
    """Every class begins and ends where the table says"""
    inside = [random.randint(first + 1, first + 98) for first in range(100, 600, 100)]
    borders = [edge for first in range(100, 600, 100) for edge in (first, first + 99)]
    for status in borders + inside:
        word = ask_word(solution, status)
        assert word == class_of(status), (
            f"Your `classify_status` gave another word than the table for {status}. A border is "
            "part of exactly one class; try the first and the last number of each"
        )


@check(task="sort-the-answers", objectives=["language.conditionals"], hidden=True)
def test_statuses_outside_the_classes(solution, random):
    """A status is other exactly where it is in none of the five classes"""
    assert ask_word(solution, 200) == "success", (
        "Your `classify_status` does not call 200 a success. That is the answer most requests "
        "get; begin with the table's five classes"
    )
    for status in [0, 99, 600, 999, random.randint(1, 98), random.randint(601, 998)]:
        word = ask_word(solution, status)
        assert word == "other", (
            f"Your `classify_status` gave another word than `other` for {status}, which is in none "
            "of the five classes. What is left over after all questions needs its own answer, or "
            "it is counted as something it is not"
        )


# Build the report


@check(task="build-the-report", objectives=["language.data-types"])
def test_sizes_are_added_as_numbers(solution, random):
    """Sizes are added up as numbers"""
    entries = [make_entry(random) for _ in range(20)]
    entries[7] = replace(entries[7], size=None)
    report = ask_report(solution, [entry.line for entry in entries])
    assert part(report, "bytes") == summarise(entries)["bytes"], (
        "Your `bytes` is not the sum of all sizes. Digits read from a file are text until they are "
        "converted: text is joined, only numbers are added"
    )


@check(task="build-the-report", objectives=["language.loops"])
def test_every_line_counts_once(solution, random):
    """Every line counts once: the first, the last and those after a malformed one"""
    entries = make_entries(random, 40)
    broken = break_lines(random, make_entry(random))
    lines = [entry.line for entry in entries]
    for line in [*broken, "", "   "]:
        lines.insert(random.randint(1, len(lines) - 1), line)
    expected = summarise(entries, malformed=len(broken))
    report = ask_report(solution, lines)
    assert part(report, "requests") == expected["requests"], (
        "Your `requests` is not the number of lines that can be read. The first counts, the last "
        "and those after a malformed line; empty lines don't"
    )
    assert part(report, "malformed") == expected["malformed"], (
        "Your `malformed` is not the number of damaged lines. The reader must know how much is "
        "missing: skip them, but count them. Empty lines are not damaged"
    )
    assert part(report, "visitors") == expected["visitors"], (
        "Your `visitors` is not the number of different addresses. Who comes back is still one "
        "visitor"
    )
    assert_statuses(report, expected)


@check(task="build-the-report", objectives=["language.conditionals"])
def test_equals_are_put_in_order(solution, random):
    """Paths and hours with equal counts come in the promised order"""
    names = sorted(random.sample(WORDS, 8), reverse=True)
    counts = [2, 2, 2, 2, 2, 5, 1, 1]
    hours = random.sample(range(24), 2)
    paths = [f"/{name}" for name, count in zip(names, counts, strict=True) for _ in range(count)]
    paths.append("/")
    first = make_entry(random)
    entries = [
        replace(
            make_entry(random),
            path=path,
            day=first.day,
            month=first.month,
            year=first.year,
            hour=hour,
        )
        for path, hour in zip(paths, [max(hours), min(hours)] * len(paths), strict=False)
    ]
    expected = summarise(entries)
    report = ask_report(solution, [entry.line for entry in entries])
    assert part(report, "top_paths") == expected["top_paths"], (
        "Your `top_paths` is in another order, or holds other paths. A tie is a case of its own: "
        "of paths with equally many requests, the alphabetically first comes first, or the same "
        "traffic gives two different reports"
    )
    assert part(report, "busiest_hour") == expected["busiest_hour"], (
        "Your `busiest_hour` is another hour, or has another count. Of several hours with equally "
        "many requests the earliest is the busiest, whichever the log names first"
    )


@check(task="build-the-report", objectives=["language.functions"])
def test_reports_do_not_mix(solution, random):
    """A second report knows nothing of the first"""
    lines = [entry.line for entry in make_entries(random, 12)]
    others = [entry.line for entry in make_entries(random, 7)]
    first = ask_report(solution, lines)
    assert part(first, "requests") == len(lines), (
        "Your report of twelve good lines does not speak of twelve requests. Count each line that "
        "can be read, once"
    )
    second = ask_report(solution, others)
    assert part(second, "requests") == len(others), (
        "Your second report does not count its own lines alone. What a function counts belongs "
        "inside it, made anew by each call"
    )
    third = ask_report(solution, lines)
    assert third == first, (
        "Your `build_report` gave another report for the same lines. A function whose answer depends on "
        "what it did before can't be trusted twice"
    )


# Run it as a program


@check(task="run-it", objectives=["language.functions", "language.loops"])
def test_whole_log_becomes_report(program, random):
    """The program prints the report of a whole log"""
    count = random.randint(30_000, 40_000)
    templates = make_entries(random, 2_000)
    entries = settle_order(random.choices(templates, k=count))
    entries.sort(key=lambda entry: (entry.hour, entry.clock))
    lines = [entry.line for entry in entries]
    broken = [line for entry in random.sample(entries, 40) for line in break_lines(random, entry)]
    for line in broken:
        lines.insert(random.randint(1, len(lines) - 1), line)
    run = program.run("access.log", files={"access.log": "\n".join(lines)})
    assert_report(report_of(run), summarise(entries, len(broken)))


@check(task="run-it", objectives=["language.error-handling"])
def test_missing_log_is_named(program, random):
    """A log that is not there is named, and no report is printed"""
    name = f"{random.choice(WORDS)}-{random.randint(100, 999)}.log"
    run = program.run(name)
    assert run.exit_code == 2, (
        "Your program ended with another exit code than 2, though there is no such log. Only that "
        "number tells a script so: 0 means done, 1 is what an unforeseen crash leaves"
    )
    assert run.stdout == "", (
        "Your program wrote to standard output without a report to print. A program that reads it as "
        "JSON must find a whole report or nothing at all; say what is wrong on standard error"
    )
    assert name in run.stderr, (
        "Your program did not name the file on standard error. Say which one could not be read, "
        "so that the mistake can be seen without looking at the code"
    )
    assert "Traceback" not in run.stderr and "\n    at " not in run.stderr, (
        "Your program printed a stack trace. That is for the people who write it; the people who run it "
        "need one sentence"
    )
    alone = program.run()
    assert alone.exit_code == 2, (
        "Your program ended with another exit code than 2, though it was given no log. There is "
        "nothing to report, which is a wrong use"
    )
    assert alone.stdout == "", (
        "Your program wrote to standard output, though it was given no log. Without a report it "
        "stays empty"
    )
    assert alone.stderr.strip() != "", (
        "Your program said nothing on standard error, though it was given no log. Say there how "
        "it is used"
    )


# Rough weather


@check(task="rough-weather", objectives=["language.conditionals", "language.error-handling"])
def test_empty_log_gives_zeros(program, random):
    """A log without requests gives a report of zeros"""
    junk = f"worker process {random.randint(100, 999)} exited on signal 11\n"
    for text, malformed in [("", 0), ("\n \n\n", 0), (junk, 1)]:
        run = program.run("quiet.log", files={"quiet.log": text})
        assert run.exit_code == 0, (
            "Your program failed on a log without requests. A quiet night is no failure: the "
            "largest of nothing does not exist, so ask whether there is something before you ask "
            "for it"
        )
        report, expected = report_of(run), summarise([], malformed)
        assert_report(report, expected)
        assert report == expected, (
            "Your report holds more than was asked for. Without requests all counts are 0, "
            "`top_paths` is empty and `busiest_hour` is null, and that is all"
        )


@check(task="rough-weather", objectives=["language.error-handling"], hidden=True)
def test_hostile_lines_do_no_harm(program, random):
    """Bytes that are not UTF-8, escaped quotes and very long texts do no harm"""
    entries = make_entries(random, 12)
    entries[1] = replace(entries[1], agent=r"\"\" or \"1\"=\"1")
    entries[2] = replace(entries[2], agent="x" * 20_000)
    entries[3] = replace(entries[3], path="/" + "a" * 3_000)
    entries[4] = replace(entries[4], agent="Zażółć 灯 \\\\")
    entries[5] = replace(entries[5], referrer="%22><script>alert(1)</script>")
    lines = [entry.line.encode() for entry in entries]
    agent = entries[6].agent.encode()
    lines[6] = lines[6].replace(agent + b'"', agent + b' \xff\xfe\xc3"')
    junk = [
        rb'203.0.113.9 - - [x] "\x16\x03\x01" 400 0 "-" "-"',
        b"\xff\xfe\xfd",
        b'"' * 500,
        b"\0" * 64,
    ]
    lines[4:4] = junk
    log = b"\r\n".join(lines) + b"\r\n"
    expected = summarise(entries, len(junk))
    assert_unharmed(program.run("access.log", files={"access.log": log}), expected)
    assert_unharmed(program.run("-", stdin=log), expected)


def assert_unharmed(run, expected):
    """See that strange lines changed nothing but what they say themselves."""
    assert run.exit_code == 0, (
        "Your program was brought down by a strange line. A log is written by strangers, so "
        "nothing in it may end the report, not even bytes that are not UTF-8"
    )
    report = report_of(run)
    assert part(report, "requests") == expected["requests"], (
        "Your `requests` is not the number of lines that are whole. Escaped quotes and "
        "backslashes, a very long path or agent, and odd bytes in an agent don't make a line "
        "malformed: it was a request all the same"
    )
    assert part(report, "malformed") == expected["malformed"], (
        "Your `malformed` is not the number of lines that are no request. However odd they look, "
        "count each once and go on"
    )
    assert part(report, "bytes") == expected["bytes"], (
        "Your `bytes` is not the sum of all sizes. A strange text in a line changes nothing about "
        "its size, nor about any other line's"
    )


@check(task="rough-weather", objectives=["language.loops"], hidden=True)
def test_long_log_is_streamed(program, random):
    """A log larger than the memory is reported too"""
    entries = make_entries(random, 5)
    junk = "upstream timed out, client gone, " * random.randint(1_900, 2_100)
    block = "".join(entry.line + "\n" for entry in entries) + junk + "\n"
    times = LONG_LOG_BYTES // len(block)
    run = program.run("-", stdin=block.encode() * times)
    assert run.exit_code == 0, (
        "Your program was ended by a long log. It may use less memory than the log has bytes: "
        "take one line, count it and forget it, then a log of any length fits"
    )
    report = report_of(run)
    assert part(report, "requests") == times * len(entries), (
        "Your `requests` is not the number of requests in a long log. Read it line by line to its "
        "end, also when one line is very long"
    )
    assert part(report, "malformed") == times, (
        "Your `malformed` is not the number of damaged lines in a long log. A very long line that "
        "is no request is one malformed line, and the next one counts again"
    )
