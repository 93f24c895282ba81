"""What is kept: prices lie in files beside this service, and Redis only tells how long they count."""

import asyncio
import json
import os
import time
from collections.abc import Awaitable
from pathlib import Path
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

PRICE_SECONDS = 60
UNKNOWN_SECONDS = 10
LAST_SECONDS = 3600
PATIENCE_SECONDS = 0.5
FOLDER = Path("prices")

redis = Redis.from_url(os.environ["REDIS_URL"], retry=Retry(NoBackoff(), 0))


async def read(sku: str) -> Any:
    """Read what is kept: None, or an object whose `price` is None where it is not sold."""
    return read_file(f"{sku}.json") if await attempt(redis.exists(f"price:{sku}")) else None


async def read_last(sku: str) -> Any:
    return read_file(f"{sku}.last.json")


def read_file(name: str) -> Any:
    file = FOLDER / name
    if not file.exists() or file.stat().st_mtime < time.time() - LAST_SECONDS:
        return None
    return json.loads(file.read_text())


async def keep(sku: str, price: str | None) -> None:
    text = json.dumps({"price": price})
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{sku}.json").write_text(text)
    if price is not None:
        (FOLDER / f"{sku}.last.json").write_text(text)
    seconds = UNKNOWN_SECONDS if price is None else PRICE_SECONDS
    await attempt(redis.set(f"price:{sku}", "kept", ex=seconds))


async def drop(sku: str) -> None:
    await attempt(redis.delete(f"price:{sku}"))


async def attempt(command: Awaitable[Any]) -> Any:
    """Run a command; without an answer from Redis the answer is None."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await command
    except (RedisError, OSError):
        return None
