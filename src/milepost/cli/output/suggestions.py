"""Leads from a wrong name to the right one: what a command says when something is called otherwise.

Where the names come from, a server or a folder, is the command's.
"""

from difflib import get_close_matches


def suggest(name: str, names: list[str]) -> str:
    """Return the sentence that leads from a wrong name to the right one."""
    close = get_close_matches(name, names, n=3, cutoff=0.5)
    if close:
        return f"Did you mean {' or '.join(close)}?"
    return f"There is {', '.join(names)}." if names else "There is none yet."
