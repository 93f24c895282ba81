import gc
import json
import sys

from hives import IMPORTS

held = []


def weigh_memory():
    """Note how many objects are in memory."""
    gc.collect()
    held.append(sys.getallocatedblocks())


DEFINED


def radio():
    """Give fifty items a round, and weigh the memory after the 10,000th and before the last fifty."""
    for number in range(LAST + 1):
        if number in (200, LAST):
            weigh_memory()
        yield from make_round(number)


found = STEPS
print()
print(json.dumps({"found": found, "held": held}, default=str))
