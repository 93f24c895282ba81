import json
from itertools import islice, zip_longest

from hives import IMPORTS


class Stream:
    """Gives items one by one, and counts how many it has given."""

    def __init__(self, items):
        self.items = iter(items)
        self.read = 0

    def __iter__(self):
        return self

    def __next__(self):
        item = next(self.items)
        self.read += 1
        return item


DEFINED
seen = []


def probe(items, use, most=100):
    """Ask a step for one item after the other, and note how far the stream was read each time."""
    stream = Stream(items)
    note = {"given": [], "reads": []}
    try:
        made = use(stream)
        note["called"] = stream.read
        for item in islice(made, most):
            note["given"].append(item)
            note["reads"].append(stream.read)
        note["ended"] = stream.read
        note["items"] = items
    except Exception as error:
        note = {"error": type(error).__name__, "message": str(error)}
    seen.append(note)


def value(items, use):
    """Note what comes out at the end."""
    try:
        seen.append({"value": use(Stream(items))})
    except Exception as error:
        seen.append({"error": type(error).__name__, "message": str(error)})


def together(items, others, use):
    """Ask for items of two streams in turn."""
    try:
        pairs = list(islice(zip_longest(use(Stream(items)), use(Stream(others))), 100))
        seen.append({"value": [[each for each in side if each is not None] for side in zip(*pairs)] or [[], []]})
    except Exception as error:
        seen.append({"error": type(error).__name__, "message": str(error)})


STEPS
print()
print(json.dumps(seen, default=str))
