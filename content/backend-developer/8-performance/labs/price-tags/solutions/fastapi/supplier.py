"""Calls to the supplier: a bounded number of them, within a bounded time."""

import asyncio
import os
import re

import httpx

CALLS = 3
PAUSE_SECONDS = 0.1
PATIENCE_SECONDS = 2

client = httpx.AsyncClient(base_url=os.environ["UPSTREAM_URL"], timeout=PATIENCE_SECONDS)


class Failed(Exception):
    """The supplier gave no good answer."""


class Refused(Failed):
    """The supplier understood and said no, so that asking again is useless."""


async def ask(sku: str) -> str | None:
    """Ask for a price, or None where the supplier does not sell it."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await ask_again_and_again(sku)
    except TimeoutError:
        raise Failed from None


async def ask_again_and_again(sku: str) -> str | None:
    for _ in range(CALLS - 1):
        try:
            return await ask_once(sku)
        except Refused:
            raise
        except Failed:
            await asyncio.sleep(PAUSE_SECONDS)
    return await ask_once(sku)


async def ask_once(sku: str) -> str | None:
    try:
        response = await client.get(f"/prices/{sku}")
    except httpx.HTTPError:
        raise Failed from None
    if response.status_code == 404:
        return None
    if response.is_client_error:
        raise Refused
    if response.status_code != 200:
        raise Failed
    return read_price(response)


def read_price(response: httpx.Response) -> str:
    try:
        document = response.json()
    except ValueError:
        raise Failed from None
    price = document.get("price") if isinstance(document, dict) else None
    if not isinstance(price, str) or not re.fullmatch(r"[0-9]+\.[0-9]{2}", price):
        raise Failed
    return price
