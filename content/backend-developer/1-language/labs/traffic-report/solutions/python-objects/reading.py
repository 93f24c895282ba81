"""Reads one line, part by part, from left to right."""

MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


class Malformed(Exception):
    """The line is not what the format says."""


def parse_line(line):
    try:
        return read_entry(line.rstrip("\r\n"))
    except Malformed:
        return None


def read_entry(text):
    address, _, _, rest = split(text, 4)
    time, rest = take_between(rest, "[", "] ")
    request, rest = take_quoted(rest)
    status, size, rest = split(require(rest, " "), 3)
    _, rest = take_quoted(rest)
    _, rest = take_quoted(require(rest, " "))
    if rest:
        raise Malformed
    method, target = read_request(request)
    return {
        "address": address,
        "hour": read_hour(time),
        "method": method,
        "path": target.split("?")[0],
        "status": read_number(status, digits=3),
        "bytes": 0 if size == "-" else read_number(size),
    }


def read_request(request):
    method, target, protocol = split(request, 3)
    capitals = all("A" <= letter <= "Z" for letter in method)
    if not capitals or " " in protocol or not protocol.startswith("HTTP/"):
        raise Malformed
    return method, target


def read_hour(time):
    moment, zone = split(time, 2)
    date, *clock = moment.split(":")
    day, month, year = (date.split("/") + ["", ""])[:3]
    if len(clock) != 3 or month not in MONTHS or zone[:1] not in ("+", "-"):
        raise Malformed
    read_number(zone[1:], digits=4)
    for part in (day, *clock):
        read_number(part, digits=2)
    read_number(year, digits=4)
    return f"{year}-{MONTHS.index(month) + 1:02d}-{day} {clock[0]}:00"


def read_number(text, digits=None):
    if not text or not all("0" <= digit <= "9" for digit in text):
        raise Malformed
    if digits is not None and len(text) != digits:
        raise Malformed
    return int(text)


def split(text, count):
    parts = text.split(" ", count - 1)
    if len(parts) != count or not all(parts):
        raise Malformed
    return parts


def require(text, beginning):
    if not text.startswith(beginning):
        raise Malformed
    return text[len(beginning) :]


def take_between(text, opening, closing):
    inside, found, rest = require(text, opening).partition(closing)
    if not found:
        raise Malformed
    return inside, rest


def take_quoted(text):
    text = require(text, '"')
    end = 0
    while end < len(text) and text[end] != '"':
        end += 2 if text[end] == "\\" else 1
    if end >= len(text):
        raise Malformed
    return text[:end], text[end + 1 :]
