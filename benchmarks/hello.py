"""The floor of every page: an application of one route, on the framework that Milepost uses.

It touches no database and knows nobody.
"""

from fastapi import FastAPI

app = FastAPI(openapi_url=None)


@app.get("/")
async def say_hello() -> dict[str, str]:
    """Say hello."""
    return {"hello": "world"}
