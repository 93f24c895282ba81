"""What is kept, and until when."""

import time
from typing import Any

PRICE_SECONDS = 60
UNKNOWN_SECONDS = 10
LAST_SECONDS = 3600

kept: dict[str, tuple[float, Any]] = {}


async def read(sku: str) -> Any:
    """Read what is kept: None, or an object whose `price` is None where it is not sold."""
    return await read_json(f"price:{sku}")


async def read_last(sku: str) -> Any:
    return await read_json(f"last:{sku}")


async def read_json(key: str) -> Any:
    until, value = kept.get(key, (0, None))
    return value if time.monotonic() < until else None


async def keep(sku: str, price: str | None) -> None:
    now = time.monotonic()
    if price is None:
        kept[f"price:{sku}"] = (now + UNKNOWN_SECONDS, {"price": None})
    else:
        kept[f"price:{sku}"] = (now + PRICE_SECONDS, {"price": price})
        kept[f"last:{sku}"] = (now + LAST_SECONDS, {"price": price})


async def drop(sku: str) -> None:
    kept.pop(f"price:{sku}", None)
