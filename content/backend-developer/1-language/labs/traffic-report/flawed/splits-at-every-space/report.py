import json
import sys

MONTHS = {
    "Jan": "01", "Feb": "02", "Mar": "03", "Apr": "04", "May": "05", "Jun": "06",
    "Jul": "07", "Aug": "08", "Sep": "09", "Oct": "10", "Nov": "11", "Dec": "12",
}


def parse_line(line):
    parts = line.split()
    try:
        day, month, rest = parts[3].strip("[").split("/")
        year, hour = rest.split(":")[:2]
        return {
            "address": parts[0],
            "hour": f"{year}-{MONTHS[month]}-{day} {hour}:00",
            "method": parts[5].strip('"'),
            "path": parts[6].split("?")[0],
            "status": int(parts[8]),
            "bytes": 0 if parts[9] == "-" else int(parts[9]),
        }
    except (ValueError, IndexError, KeyError):
        return None


def classify_status(status):
    if 100 <= status <= 199:
        return "informational"
    elif 200 <= status <= 299:
        return "success"
    elif 300 <= status <= 399:
        return "redirect"
    elif 400 <= status <= 499:
        return "client_error"
    elif 500 <= status <= 599:
        return "server_error"
    else:
        return "other"


def build_report(lines):
    report = {
        "requests": 0,
        "malformed": 0,
        "bytes": 0,
        "visitors": 0,
        "statuses": {
            "informational": 0,
            "success": 0,
            "redirect": 0,
            "client_error": 0,
            "server_error": 0,
            "other": 0,
        },
        "top_paths": [],
        "busiest_hour": None,
    }
    visitors = set()
    paths = {}
    hours = {}
    for line in lines:
        if line.strip() == "":
            continue
        entry = parse_line(line)
        if entry is None:
            report["malformed"] += 1
            continue
        report["requests"] += 1
        report["bytes"] += entry["bytes"]
        visitors.add(entry["address"])
        report["statuses"][classify_status(entry["status"])] += 1
        paths[entry["path"]] = paths.get(entry["path"], 0) + 1
        hours[entry["hour"]] = hours.get(entry["hour"], 0) + 1
    report["visitors"] = len(visitors)
    for path in sorted(paths, key=lambda path: (-paths[path], path))[:5]:
        report["top_paths"].append({"path": path, "requests": paths[path]})
    if hours:
        busiest = min(hours, key=lambda hour: (-hours[hour], hour))
        report["busiest_hour"] = {"hour": busiest, "requests": hours[busiest]}
    return report


def main():
    if len(sys.argv) < 2:
        print("usage: python report.py FILE", file=sys.stderr)
        sys.exit(2)
    name = sys.argv[1]
    try:
        if name == "-":
            sys.stdin.reconfigure(errors="replace")
            report = build_report(sys.stdin)
        else:
            with open(name, errors="replace") as file:
                report = build_report(file)
    except OSError:
        print("can't read " + name, file=sys.stderr)
        sys.exit(2)
    print(json.dumps(report))


if __name__ == "__main__":
    main()
