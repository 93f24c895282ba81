"""What the desk keeps in Redis. Each function is one step there, which nothing comes between."""

import os
import secrets
import time

from redis.asyncio import Redis

SESSION_SECONDS = 30 * 60
ONLINE_SECONDS = 5 * 60
MINUTE_SECONDS = 60
CALLS = 5

redis = Redis.from_url(os.environ["REDIS_URL"], decode_responses=True)


async def open_session(name: str) -> str:
    token = secrets.token_urlsafe(24)
    await redis.set(f"session:{token}", name, ex=SESSION_SECONDS)
    return token


async def use_session(token: str) -> str | None:
    """Return whose session it is, and let it live for another half hour."""
    return await redis.getex(f"session:{token}", ex=SESSION_SECONDS)


async def close_session(token: str) -> str | None:
    return await redis.getdel(f"session:{token}")


async def note_sign_of_life(name: str) -> None:
    await redis.zadd("online", {name: time.time()})


async def forget(name: str) -> None:
    await redis.zrem("online", name)


async def list_online() -> list[str]:
    """List who is there, and drop who isn't any more."""
    async with redis.pipeline() as steps:
        steps.zremrangebyscore("online", "-inf", time.time() - ONLINE_SECONDS)
        steps.zrange("online", 0, -1, desc=True)
        _, names = await steps.execute()
    return names


async def like(song: str) -> int:
    return int(await redis.zincrby("likes", 1, song))


async def read_chart(top: int) -> list[tuple[str, int]]:
    found = await redis.zrange("likes", 0, top - 1, desc=True, withscores=True)
    return [(song, int(likes)) for song, likes in found]


async def count_call(phone: str) -> int | None:
    """Count a wish of a phone; where it is one too many, return in how many seconds to try again.

    The number is read from what the counting returned: looking first and counting later
    would let two through that came at the same time.
    """
    key = f"calls:{phone}"
    async with redis.pipeline() as steps:
        steps.set(key, 0, ex=MINUTE_SECONDS, nx=True)
        steps.incr(key)
        steps.ttl(key)
        _, count, seconds = await steps.execute()
    return None if count <= CALLS else max(seconds, 1)


async def queue_wish(text: str) -> int:
    return await redis.rpush("wishes", text)


async def take_wish() -> str | None:
    return await redis.lpop("wishes")
