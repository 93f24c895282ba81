"""Turn a web server's access log into a report: read by hand, counted by an object."""

import json
import sys

from reading import parse_line
from tally import Tally, classify_status

__all__ = ["build_report", "classify_status", "parse_line"]


def build_report(lines):
    tally = Tally()
    for line in lines:
        tally.add(line)
    return tally.report()


def read_lines(stream):
    for raw in stream:
        yield raw.decode("latin-1")


def main(arguments):
    try:
        (name,) = arguments
    except ValueError:
        sys.stderr.write("Say which log to read: python report.py FILE\n")
        return 2
    if name == "-":
        report = build_report(read_lines(sys.stdin.buffer))
    else:
        try:
            with open(name, "rb") as stream:
                report = build_report(read_lines(stream))
        except OSError as error:
            sys.stderr.write(f"I could not read {name} ({error.strerror}). Is the name right?\n")
            return 2
    json.dump(report, sys.stdout)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
