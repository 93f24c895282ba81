"""Counts what is read, and says what was counted."""

from reading import parse_line


def classify_status(status):
    if 100 <= status < 200:
        return "informational"
    if 200 <= status < 300:
        return "success"
    if 300 <= status < 400:
        return "redirect"
    if 400 <= status < 500:
        return "client_error"
    if 500 <= status < 600:
        return "server_error"
    return "other"


class Tally:
    def __init__(self):
        self.requests = 0
        self.malformed = 0
        self.bytes = 0
        self.addresses = set()
        self.paths = {}
        self.hours = {}
        self.statuses = {classify_status(status): 0 for status in range(0, 600, 100)}

    def add(self, line):
        if line.isspace() or not line:
            return
        record = parse_line(line)
        if record is None:
            self.malformed += 1
            return
        self.requests += 1
        self.bytes += record["bytes"]
        self.addresses.add(record["address"])
        self.paths[record["path"]] = self.paths.get(record["path"], 0) + 1
        self.hours[record["hour"]] = self.hours.get(record["hour"], 0) + 1
        self.statuses[classify_status(record["status"])] += 1

    def report(self):
        paths = sorted(self.paths)
        paths.sort(key=self.paths.get, reverse=True)
        hour = max(sorted(self.hours), key=self.hours.get, default=None)
        return {
            "requests": self.requests,
            "malformed": self.malformed,
            "bytes": self.bytes,
            "visitors": len(self.addresses),
            "statuses": self.statuses,
            "top_paths": [{"path": path, "requests": self.paths[path]} for path in paths[:5]],
            "busiest_hour": None
            if hour is None
            else {"hour": hour, "requests": self.hours[hour]},
        }
