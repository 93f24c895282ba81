"""The addresses that an application has: every route, with those of routers within it."""

from collections.abc import Iterator
from typing import Any


def walk(routes: list[Any]) -> Iterator[Any]:
    """Yield every route, with those of routers within the application."""
    for route in routes:
        if hasattr(route, "effective_candidates"):
            yield from walk(route.effective_candidates())
        else:
            yield route


def templates_of(app: Any, method: str) -> set[str]:
    """Return the templates of all addresses that take this method."""
    return {route.path_format for route in walk(app.routes) if method in route.methods}
