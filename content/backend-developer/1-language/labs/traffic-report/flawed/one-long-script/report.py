import json
import re
import sys
from collections import Counter

if len(sys.argv) != 2:
    print("usage: python report.py FILE", file=sys.stderr)
    sys.exit(2)
try:
    if sys.argv[1] == "-":
        sys.stdin.reconfigure(errors="replace")
        file = sys.stdin
    else:
        file = open(sys.argv[1], encoding="utf-8", errors="replace")
except OSError as error:
    print(sys.argv[1], "cannot be read:", error.strerror, file=sys.stderr)
    sys.exit(2)

months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
words = {"1": "informational", "2": "success", "3": "redirect", "4": "client_error", "5": "server_error"}
quoted = r'"(?:[^"\\]|\\.)*"'
pattern = re.compile(
    r'(\S+) \S+ \S+ \[(\d\d)/(\w{3})/(\d{4}):(\d\d):\d\d:\d\d [+-]\d{4}\] '
    r'"[A-Z]+ ([^ ?]+)\S* HTTP/\S+" (\d{3}) (\d+|-) ' + quoted + " " + quoted
)
requests = 0
malformed = 0
total = 0
addresses = set()
paths = Counter()
hours = Counter()
statuses = {word: 0 for word in [*words.values(), "other"]}
for line in file:
    line = line.rstrip("\r\n")
    if line.strip() == "":
        continue
    match = pattern.fullmatch(line)
    if match is None or match[3] not in months:
        malformed += 1
        continue
    requests += 1
    addresses.add(match[1])
    hours[f"{match[4]}-{months.index(match[3]) + 1:02}-{match[2]} {match[5]}:00"] += 1
    paths[match[6]] += 1
    statuses[words.get(match[7][0], "other")] += 1
    if match[8] != "-":
        total += int(match[8])

top = sorted(paths, key=lambda path: (-paths[path], path))[:5]
busiest = None
for hour in sorted(hours):
    if busiest is None or hours[hour] > busiest["requests"]:
        busiest = {"hour": hour, "requests": hours[hour]}
report = {
    "requests": requests,
    "malformed": malformed,
    "bytes": total,
    "visitors": len(addresses),
    "statuses": statuses,
    "top_paths": [{"path": path, "requests": paths[path]} for path in top],
    "busiest_hour": busiest,
}
print(json.dumps(report))
