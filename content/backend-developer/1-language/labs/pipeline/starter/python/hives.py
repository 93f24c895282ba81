"""The bee club's pipeline.

Run it:  python hives.py
"""


def read_line(line):
    """Return the reading on a line, or None if the line is broken."""
    return {}  # Replace this line, and the others like it.


def without_box(reading, boxes):
    """Return another reading, which is lighter by the hive's empty box."""
    return {}


def readings(lines):
    """Give the reading on each line that is whole."""
    return []


def keep(items, wanted):
    """Give the items for which `wanted` is true."""
    return []


def changes(stream):
    """Give what each reading differs by from the one before of the same hive."""
    return []


def first(items, count):
    """Give the first items, as many as `count` says."""
    return []


def pipeline(*steps):
    """Return a function that sends a stream through all steps."""

    def run(stream):
        return []

    return run


def swarms(lines):
    """Give the changes that mean a swarm."""
    return []


def season(stream):
    """Return the sums of each hive."""
    return {}


# True when you run this file, False when another program imports it to use its functions.
if __name__ == "__main__":
    lines = [
        "2026-05-14T11:00 linden 41250\n",
        "2026-05-14T11:00 acacia 38900\n",
        "2026-05-14T11:05 linden 41310\n",
        "2026-05-14T11:05 acac\n",
        "2026-05-14T11:10 linden 39420\n",
        "2026-05-14T11:10 acacia 38940\n",
    ]
    reading = read_line(lines[0])
    print("time, hive, grams 41250?", reading)
    print("grams 32250?", without_box(reading, {"linden": 9000}))
    print("grams 41250, as before?", reading)
    print("5 readings?", list(readings(lines)))
    print("11 and 13?", list(keep([11, 4, 13], lambda number: number > 10)))
    print("by 60, -1890 and 40?", list(changes(readings(lines))))
    print("7 and 8?", list(first([7, 8, 9], 2)))
    print("by -1890, 40?", list(pipeline(readings, changes, lambda found: keep(found, lambda each: each["by"] != 60))(lines)))
    print("by -1890?", list(swarms(lines)))
    print("3 and 2 readings?", season(readings(lines)))

    sent = 0

    def radio():
        """Send a million lines, and count those that somebody asked for; the seventh tells of a swarm."""
        global sent
        for sent in range(1, 1_000_001):
            yield f"2026-05-14T11:00 linden {41250 if sent < 7 else 39420}\n"

    print("one swarm?", list(first(swarms(radio()), 1)))
    print("7 lines read?", sent)
