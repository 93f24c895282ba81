"""Turn a web server's access log into a report."""

import json
import re
import sys
from collections import Counter

MONTHS = {
    name: number
    for number, name in enumerate(
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"], 1
    )
}
CLASSES = {
    1: "informational",
    2: "success",
    3: "redirect",
    4: "client_error",
    5: "server_error",
}
LINE = re.compile(
    r"(?P<address>[^ ]+) [^ ]+ [^ ]+ "
    r"\[(?P<day>\d\d)/(?P<month>[A-Z][a-z]{2})/(?P<year>\d{4}):(?P<hour>\d\d):\d\d:\d\d [+-]\d{4}\] "
    r'"(?P<method>[A-Z]+) (?P<target>[^ ]+) HTTP/[^ "]+" '
    r"(?P<status>\d{3}) (?P<size>\d+|-) "
    r'"(?P<referrer>.*)" "(?P<agent>.*)"'
)


def parse_line(line):
    match = LINE.fullmatch(line.rstrip("\r\n"))
    if match is None or match["month"] not in MONTHS:
        return None
    month = MONTHS[match["month"]]
    return {
        "address": match["address"],
        "hour": f"{match['year']}-{month:02}-{match['day']} {match['hour']}:00",
        "method": match["method"],
        "path": match["target"].partition("?")[0],
        "status": int(match["status"]),
        "bytes": 0 if match["size"] == "-" else int(match["size"]),
    }


def classify_status(status):
    return CLASSES.get(status // 100, "other")


def build_report(lines):
    requests = malformed = total_bytes = 0
    addresses, paths, hours = set(), Counter(), Counter()
    statuses = dict.fromkeys([*CLASSES.values(), "other"], 0)
    for line in lines:
        if not line.strip():
            continue
        record = parse_line(line)
        if record is None:
            malformed += 1
            continue
        requests += 1
        total_bytes += record["bytes"]
        addresses.add(record["address"])
        paths[record["path"]] += 1
        hours[record["hour"]] += 1
        statuses[classify_status(record["status"])] += 1
    return {
        "requests": requests,
        "malformed": malformed,
        "bytes": total_bytes,
        "visitors": len(addresses),
        "statuses": statuses,
        "top_paths": [{"path": path, "requests": count} for path, count in rank(paths)[:5]],
        "busiest_hour": next(
            ({"hour": hour, "requests": count} for hour, count in rank(hours)), None
        ),
    }


def rank(counter):
    """The most frequent first; where there are equally many, in order of their names."""
    return sorted(counter.items(), key=lambda item: (-item[1], item[0]))


def open_log(name):
    if name == "-":
        sys.stdin.reconfigure(encoding="utf-8", errors="replace")
        return sys.stdin
    return open(name, encoding="utf-8", errors="replace")


def main(arguments):
    if len(arguments) != 1:
        print("Which log? Usage: python report.py FILE (or - for standard input)", file=sys.stderr)
        return 2
    try:
        with open_log(arguments[0]) as lines:
            report = build_report(lines)
    except OSError as error:
        print(f"{arguments[0]} cannot be read: {error.strerror}.", file=sys.stderr)
        return 2
    print(json.dumps(report, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
