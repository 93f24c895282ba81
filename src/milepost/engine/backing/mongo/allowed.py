"""Which commands of learner code reach the store: what programs use, none that runs a server.

What is not named is refused with a sentence, whichever server it is.
"""

from collections.abc import Mapping
from typing import Any

_GREETINGS = {
    *("hello", "ismaster", "ping", "buildinfo", "endsessions", "connectionstatus"),
    *("getlasterror", "whatsmyuri", "getparameter", "saslstart"),
}
_READS = {
    *("find", "getmore", "killcursors", "count", "distinct", "aggregate", "explain"),
    *("listcollections", "listdatabases", "listindexes", "collstats", "dbstats", "validate"),
    *("hostinfo", "serverstatus"),
}
_WRITES = {
    *("insert", "update", "delete", "findandmodify", "create", "drop", "dropdatabase"),
    *("createindexes", "dropindexes", "deleteindexes", "collmod", "renamecollection"),
    *("committransaction", "aborttransaction", "bulkwrite"),
}
_OWN = {"admin", "config", "local"}  # databases that are the server's


def find_refusal(name: str, command: Mapping[str, Any]) -> str | None:
    """Return why a command is refused; None where it is let through."""
    lowered = name.lower()
    if lowered in _GREETINGS or lowered in _READS:
        return None
    if lowered not in _WRITES:
        return (
            f"`{name}` is not among the commands that labs may use: they read and write documents."
        )
    database = command.get("$db")
    if database in _OWN and not lowered.endswith("transaction"):
        return f"`{name}` in the database `{database}` is not allowed: it is the server's own."
    return None


def is_greeting(name: str) -> bool:
    """Whether drivers send it to find out where they are."""
    return name.lower() in _GREETINGS


def is_write(name: str, command: Mapping[str, Any]) -> bool:
    """Whether it changes documents, indexes or collections."""
    if name.lower() != "aggregate":
        return name.lower() in _WRITES
    stages = command.get("pipeline")
    last = stages[-1] if isinstance(stages, list) and stages else None
    return isinstance(last, dict) and not last.keys().isdisjoint({"$out", "$merge"})
