"""What the reference page says of answers that every endpoint may give.

The problems of one endpoint stand beside it; here are only those that the framework itself finds.
"""

from typing import Any

from fastapi import FastAPI

from milepost.http.problems import MEDIA_TYPE, Problem

REQUEST_NOT_VALID: dict[int | str, dict[str, Any]] = {
    422: {
        "model": Problem,
        "description": "`request_not_valid`: A field is missing or not as described; "
        "`faults` lists where and why.",
        "content": {MEDIA_TYPE: {}},
    }
}


def describe_only_what_happens(app: FastAPI) -> None:
    """Keep out of the OpenAPI document that an operation which takes nothing may refuse it."""
    describe = app.openapi

    def openapi() -> dict[str, Any]:
        is_new = app.openapi_schema is None
        document = describe()
        operations = (each for path in document["paths"].values() for each in path.values())
        for operation in operations if is_new else ():
            if not operation.get("parameters") and not operation.get("requestBody"):
                operation["responses"].pop("422", None)
        return document

    app.openapi = openapi  # type: ignore[method-assign]  # as FastAPI documents it
