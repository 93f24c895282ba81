"""The listeners' desk. The brief says what it must do.

Begin with `POST /sessions` and `GET /me`; Redis is at the address in REDIS_URL.

On your machine: pip install fastapi uvicorn redis, then uvicorn main:app --port 8000
"""

import os

from fastapi import FastAPI
from redis.asyncio import Redis

app = FastAPI(title="Who is online")
redis = Redis.from_url(os.environ.get("REDIS_URL", "redis://localhost:6379/0"), decode_responses=True)


@app.get("/online")
async def list_online() -> dict[str, list[str]]:
    return {"online": []}
