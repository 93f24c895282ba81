"""Somebody at the HTTP door: nobody yet, a learner with a browser, or a learner's terminal.

Requests go to the application in this process, through everything but a socket.
"""

from contextlib import AsyncExitStack
from typing import Any

import httpx
from starlette.types import ASGIApp

from factories.people import Learner

BASE_URL = "http://milepost.test"


class Visitor(httpx.AsyncClient):
    """A client of the application. `log_in` and `with_token` return another, for that learner."""

    def __init__(self, app: ASGIApp, *, visitors: AsyncExitStack, **options: Any) -> None:
        transport = httpx.ASGITransport(app)  # what the application raises, the test sees
        super().__init__(transport=transport, base_url=BASE_URL, **options)
        self._app = app
        self._visitors = visitors

    def log_in(self, learner: Learner) -> "Visitor":
        """Return this learner's browser."""
        return self._another(cookies={"milepost": learner.session})

    def with_token(self, learner: Learner) -> "Visitor":
        """Return this learner's terminal."""
        return self._another(headers={"Authorization": f"Bearer {learner.token}"})

    def _another(self, **options: Any) -> "Visitor":
        visitor = Visitor(self._app, visitors=self._visitors, **options)
        self._visitors.push_async_callback(visitor.aclose)
        return visitor
