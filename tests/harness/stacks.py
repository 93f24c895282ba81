"""How each stack's programs are started in tests: as in its own self-test."""

from milepost.engine import Entry
from milepost.engine.stacks.descriptions import find_description, list_names


def entry_of(stack: str) -> Entry:
    told = find_description(stack).selftest
    return Entry(told.program, told.module, told.service)


ENTRIES = {stack: entry_of(stack) for stack in list_names()}
