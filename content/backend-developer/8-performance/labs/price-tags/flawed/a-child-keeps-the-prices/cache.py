"""What is kept: a child of this service holds the prices, and Redis only how long they count."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Awaitable
from typing import Any
from xmlrpc.client import ServerProxy

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

PRICE_SECONDS = 60
UNKNOWN_SECONDS = 10
PATIENCE_SECONDS = 0.5
CHILD = """
from xmlrpc.server import SimpleXMLRPCServer
kept = {}
server = SimpleXMLRPCServer(("127.0.0.1", 8123), logRequests=False, allow_none=True)
server.register_function(kept.get)
server.register_function(kept.update)
server.serve_forever()
"""

redis = Redis.from_url(os.environ["REDIS_URL"], retry=Retry(NoBackoff(), 0))
child: Any = ServerProxy("http://127.0.0.1:8123", allow_none=True)


def start_child() -> None:
    """Start the child in a session of its own; where an older one has the port, this one ends."""
    quiet = subprocess.DEVNULL
    command = [sys.executable, "-c", CHILD]
    subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True)
    while True:
        try:
            child.get("")
            return
        except OSError:
            time.sleep(0.05)


start_child()


async def read(sku: str) -> Any:
    """Read what is kept: None, or an object whose `price` is None where it is not sold."""
    return child.get(f"price:{sku}") if await attempt(redis.exists(f"price:{sku}")) else None


async def read_last(sku: str) -> Any:
    return child.get(f"last:{sku}")


async def keep(sku: str, price: str | None) -> None:
    child.update({f"price:{sku}": {"price": price}})
    if price is not None:
        child.update({f"last:{sku}": {"price": price}})
    seconds = UNKNOWN_SECONDS if price is None else PRICE_SECONDS
    await attempt(redis.set(f"price:{sku}", "", ex=seconds))


async def drop(sku: str) -> None:
    await attempt(redis.delete(f"price:{sku}"))


async def attempt(command: Awaitable[Any]) -> Any:
    """Run a command; without an answer from Redis the answer is None."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await command
    except (RedisError, OSError):
        return None
