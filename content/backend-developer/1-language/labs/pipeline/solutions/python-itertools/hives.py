"""The bee club's pipeline, from what `itertools` and `functools` bring along."""

from functools import reduce
from itertools import islice


def read_line(line):
    """Return the reading on a line, or None if the line is broken."""
    match line.removesuffix("\n").split(" "):
        case [time, hive, grams] if time and hive and grams.isascii() and grams.isdecimal():
            return {"time": time, "hive": hive, "grams": int(grams)}
        case _:
            return None


def without_box(reading, boxes):
    """Return another reading, which is lighter by the hive's empty box."""
    return reading | {"grams": reading["grams"] - boxes.get(reading["hive"], 0)}


def readings(lines):
    """Give the reading on each line that is whole."""
    return filter(None, map(read_line, lines))


def keep(items, wanted):
    """Give the items for which `wanted` is true."""
    return filter(wanted, items)


def changes(stream):
    """Give what each reading differs by from the one before of the same hive."""
    latest = {}

    def compare(reading):
        before = latest.get(reading["hive"])
        latest[reading["hive"]] = reading
        if before is None:
            return None
        by = reading["grams"] - before["grams"]
        return {"time": reading["time"], "hive": reading["hive"], "by": by}

    return filter(None, map(compare, stream))


def first(items, count):
    """Give the first items, as many as `count` says."""
    return islice(items, count)


def pipeline(*steps):
    """Return a function that sends a stream through all steps."""
    return lambda stream: reduce(lambda items, step: step(items), steps, stream)


def swarms(lines):
    """Give the changes that mean a swarm."""
    return (change for change in changes(readings(lines)) if change["by"] <= -1500)


def season(stream):
    """Return the sums of each hive."""
    return {hive: sums for hive, (_, sums) in reduce(add_reading, stream, {}).items()}


def add_reading(hives, reading):
    """Add a reading to what is known of its hive: its first weight, and its sums so far."""
    time, hive, grams = reading["time"], reading["hive"], reading["grams"]
    now = {"time": time, "grams": grams}
    began, sums = hives.get(hive, (grams, {"readings": 0, "heaviest": now}))
    hives[hive] = began, {
        "readings": sums["readings"] + 1,
        "gained": grams - began,
        "heaviest": max(sums["heaviest"], now, key=lambda each: each["grams"]),  # of equals, the first
    }
    return hives
