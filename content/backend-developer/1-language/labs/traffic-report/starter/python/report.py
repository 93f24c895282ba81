"""Turn a web server's access log into a report.

Run it:  python report.py sample.log
"""

import json
import sys


def parse_line(line):
    """Return what one line says, or None when it is malformed."""
    return None


def classify_status(status):
    """Return one of the six words for a status."""
    return None


def build_report(lines):
    """Return the report of these lines."""
    return {}


def main(arguments):
    # Which log is meant? What if it can't be read?
    report = build_report([])
    print(json.dumps(report, indent=2))
    return 0


# True when this file is run, False when another program imports it to use its functions.
if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
