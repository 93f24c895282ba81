"""The bee club's pipeline: a line goes all the way through before the next one is read."""

import re

LINE = re.compile(r"(\S+) (\S+) ([0-9]+)\n?")
SWARM = 1500  # grams that a hive loses from one reading to the next


def read_line(line):
    """Return the reading on a line, or None if the line is broken."""
    found = LINE.fullmatch(line)
    if found is None:
        return None
    time, hive, grams = found.groups()
    return {"time": time, "hive": hive, "grams": int(grams)}


def without_box(reading, boxes):
    """Return another reading, which is lighter by the hive's empty box."""
    return {**reading, "grams": reading["grams"] - boxes.get(reading["hive"], 0)}


def readings(lines):
    """Give the reading on each line that is whole."""
    for line in lines:
        reading = read_line(line)
        if reading is not None:
            yield reading


def keep(items, wanted):
    """Give the items for which `wanted` is true."""
    for item in items:
        if wanted(item):
            yield item


def changes(stream):
    """Give what each reading differs by from the one before of the same hive."""
    before = {}  # the last weight of each hive, which is all that is ever asked for again
    for reading in stream:
        hive, grams = reading["hive"], reading["grams"]
        if hive in before:
            yield {"time": reading["time"], "hive": hive, "by": grams - before[hive]}
        before[hive] = grams


def first(items, count):
    """Give the first items, as many as `count` says."""
    if count == 0:
        return
    for number, item in enumerate(items, start=1):
        yield item
        if number == count:
            return  # Asking for one more item only to throw it away would make everybody wait.


def pipeline(*steps):
    """Return a function that sends a stream through all steps."""

    def run(stream):
        for step in steps:
            stream = step(stream)
        return stream

    return run


def swarms(lines):
    """Give the changes that mean a swarm."""
    return pipeline(readings, changes, lambda found: keep(found, is_swarm))(lines)


def is_swarm(change):
    """Tell whether so much weight can only have flown away."""
    return change["by"] <= -SWARM


def season(stream):
    """Return the sums of each hive."""
    hives = {}
    for reading in stream:
        grams = reading["grams"]
        now = {"time": reading["time"], "grams": grams}
        hive = hives.setdefault(reading["hive"], {"readings": 0, "began": grams, "heaviest": now})
        hive["readings"] += 1
        hive["ended"] = grams
        if grams > hive["heaviest"]["grams"]:
            hive["heaviest"] = now
    return {name: sum_up(hive) for name, hive in hives.items()}


def sum_up(hive):
    """Return what the club wants to know of a hive."""
    return {
        "readings": hive["readings"],
        "gained": hive["ended"] - hive["began"],
        "heaviest": hive["heaviest"],
    }
