"""What checks of several tasks use: made-up logs, and how their parts are compared.

Every log is made up from the seed of the run. What it must lead to is counted while it is made up, never by
reading it back.
"""

from collections import Counter
from dataclasses import dataclass, replace

from milepost.engine.checks.learner_code import as_plain, in_words, require_exit

MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
CLASSES = ["informational", "success", "redirect", "client_error", "server_error", "other"]
STATUSES = [200] * 14 + [201, 204, 206, 301, 302, 304, 304, 400, 401, 403, 404, 404, 499, 500, 502, 503]
METHODS = ["GET"] * 12 + ["POST", "POST", "PUT", "DELETE", "HEAD", "OPTIONS"]
WORDS = ["lamp", "shade", "bulb", "socket", "switch", "cable", "candle", "lantern", "torch", "mirror"]
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
    """Return a value as JSON would hold it: the brief shows JSON. In Python, only a dict can become an object."""
    return as_plain(value, objects=solution.language != "python")


def call(solution, name, argument, promise, about=""):
    """Call a function; where it raises, the learner is told on what, and what it should have done instead."""
    return in_words(lambda: solution.call(name, argument), f"`{name}`{about}", promise)


def report_of(run):
    """Return the report that a run of the program printed."""
    require_exit(
        run,
        0,
        "on a log that can be read",
        "Scripts go by that number alone, and it is 0 when the report is printed; standard error says what ended your program",
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
    assert isinstance(statuses, dict), (
        "Your `statuses` is no object. Its readers look each count up by its word; make it as the brief shows it"
    )
    absent = [word for word in CLASSES if word not in statuses]
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
    requests = part(report, "requests")
    assert requests == expected["requests"], (
        f"Your `requests` is not the number of lines that can be read. {explain_count(requests, expected['requests'])}"
    )
    assert part(report, "malformed") == expected["malformed"], (
        "Your `malformed` is not the number of damaged lines. The reader must know how much is missing: "
        "count each damaged line once, and no empty one"
    )
    assert part(report, "bytes") == expected["bytes"], (
        "Your `bytes` is not the sum of all sizes. Add them as numbers, a `-` counting as 0"
    )
    assert part(report, "visitors") == expected["visitors"], (
        "Your `visitors` is not the number of different addresses. Who comes back is still one "
        "visitor"
    )
    assert_statuses(report, expected)
    assert read_top_paths(report) == expected["top_paths"], (
        "Your `top_paths` holds other paths, or the same in another order. It holds the five most "
        "requested, without their queries, equals in alphabetical order"
    )
    assert read_busiest_hour(report) == expected["busiest_hour"], (
        "Your `busiest_hour` is not the hour with the most requests, or its count is wrong. Count "
        "the hours by their text; of several, the earliest counts. Without any request it is null"
    )


def explain_count(requests, expected):
    """Say in which direction a number of requests is wrong, and which lines may be the reason."""
    if isinstance(requests, (int, float)) and requests > expected:
        return "Some lines are counted that are no request: see that damaged and empty ones are not among them"
    if requests == expected - 1:
        return "One line is not counted: see what becomes of the first, and of the last, which ends without a line ending"
    return "Each is one request, wherever it stands: see whether `parse_line` reads it, and what follows a malformed line"


def read_top_paths(report):
    """Read the paths of a report, which must be a list of objects."""
    paths = part(report, "top_paths")
    fitting = isinstance(paths, list) and all(
        isinstance(each, dict) and set(each) == {"path", "requests"} for each in paths
    )
    assert fitting, (
        "Your `top_paths` is not a list of objects with `path` and `requests`. Its readers look both up by name; make "
        "it as the brief shows it, and an empty list where nothing was requested"
    )
    return paths


def read_busiest_hour(report):
    """Read the busiest hour of a report, which must be an object or nothing."""
    busiest = part(report, "busiest_hour")
    assert busiest is None or (isinstance(busiest, dict) and set(busiest) == {"hour", "requests"}), (
        "Your `busiest_hour` is no object with `hour` and `requests`. Its readers look both up by name; make it as the "
        "brief shows it, and null without any request"
    )
    return busiest
