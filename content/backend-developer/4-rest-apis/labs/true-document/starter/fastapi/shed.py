"""The shed: tools, in memory, and who has borrowed them."""

from typing import Any


class NotThere(Exception):
    pass


class InUse(Exception):
    pass


tools: dict[int, dict[str, Any]] = {}
_last = 0


def add(fields: dict[str, Any]) -> dict[str, Any]:
    global _last
    _last += 1
    tools[_last] = {"id": _last, **fields, "loan": None}
    return tools[_last]


def get(number: int) -> dict[str, Any]:
    if number not in tools:
        raise NotThere
    return tools[number]


def find(kind: str | None, limit: int) -> list[dict[str, Any]]:
    fitting = [tool for tool in tools.values() if kind in (None, tool["kind"])]
    return fitting[:limit]


def remove(number: int) -> None:
    if get(number)["loan"] is not None:
        raise InUse
    del tools[number]


def lend(number: int, loan: dict[str, Any]) -> dict[str, Any]:
    tool = get(number)
    if tool["loan"] is not None:
        raise InUse
    tool["loan"] = loan
    return tool
