"""What is kept in Redis, and what happens when Redis is away: nothing is kept then."""

import asyncio
import json
import os
from collections.abc import Awaitable
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

PRICE_SECONDS = 60
UNKNOWN_SECONDS = 10
LAST_SECONDS = 3600
PATIENCE_SECONDS = 0.5

redis = Redis.from_url(os.environ["REDIS_URL"], retry=Retry(NoBackoff(), 0))


async def read(sku: str) -> Any:
    """Read what is kept: None, or an object whose `price` is None where it is not sold."""
    return await read_json(f"price:{sku}")


async def read_last(sku: str) -> Any:
    return await read_json(f"last:{sku}")


async def read_json(key: str) -> Any:
    text = await attempt(redis.get(key))
    return None if text is None else json.loads(text)


async def keep(sku: str, price: str | None) -> None:
    text = json.dumps({"price": price})
    steps = redis.pipeline()
    if price is None:
        steps.set(f"price:{sku}", text, ex=UNKNOWN_SECONDS)
    else:
        steps.set(f"price:{sku}", text, ex=PRICE_SECONDS)
        steps.set(f"last:{sku}", text, ex=LAST_SECONDS)
    await attempt(steps.execute())


async def drop(sku: str) -> None:
    await attempt(redis.delete(f"price:{sku}"))


async def attempt(command: Awaitable[Any]) -> Any:
    """Run a command; without an answer from Redis the answer is None."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await command
    except (RedisError, OSError):
        return None
