"""What holds for the house and for every wing: a name on each answer, visits, and crashes."""

import logging

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from house.wings import Wing


def put_rules_around(app: FastAPI, hotel: str, wings: dict[str, Wing]) -> None:
    @app.middleware("http")
    async def keep_rules(request: Request, call_next):
        try:
            response = await call_next(request)
        except Exception:
            logging.exception("%s has failed", request.url.path)
            response = JSONResponse({"error": "Something broke, and it was us."}, 500)
        response.headers["X-Hotel"] = hotel
        if wing := wings.get(request.url.path.split("/")[1]):
            wing.visits += 1
        return response
