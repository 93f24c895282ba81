def read_line(line):
    parts = line.split()
    if len(parts) != 3 or not parts[2].isdigit():
        return None
    return {"time": parts[0], "hive": parts[1], "grams": int(parts[2])}


def without_box(reading, boxes):
    new = reading.copy()
    if new["hive"] in boxes:
        new["grams"] -= boxes[new["hive"]]
    return new


def readings(lines):
    for line in lines:
        reading = read_line(line)
        if reading:
            yield reading


def keep(items, wanted):
    return [item for item in items if wanted(item)]


def changes(readings):
    last = {}
    for reading in readings:
        if reading["hive"] in last:
            by = reading["grams"] - last[reading["hive"]]["grams"]
            yield {"time": reading["time"], "hive": reading["hive"], "by": by}
        last[reading["hive"]] = reading


def first(items, count):
    n = 0
    for item in items:
        if n >= count:
            break
        yield item
        n += 1


def pipeline(*steps):
    def run(stream):
        for step in steps:
            stream = step(stream)
        return stream

    return run


def swarms(lines):
    return pipeline(readings, changes, lambda c: keep(c, lambda x: x["by"] <= -1500))(lines)


def season(readings):
    result = {}
    for reading in readings:
        hive = reading["hive"]
        if hive not in result:
            result[hive] = {"readings": 0, "start": reading["grams"], "heaviest": {"time": None, "grams": 0}}
        entry = result[hive]
        entry["readings"] += 1
        entry["gained"] = reading["grams"] - entry["start"]
        if reading["grams"] > entry["heaviest"]["grams"]:
            entry["heaviest"] = {"time": reading["time"], "grams": reading["grams"]}
    for entry in result.values():
        del entry["start"]
    return result
