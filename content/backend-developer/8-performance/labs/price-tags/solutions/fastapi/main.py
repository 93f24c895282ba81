"""The price tags in FastAPI: what is asked, and what is answered."""

import asyncio
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import FastAPI, Query, Request
from fastapi.responses import JSONResponse

import cache
import supplier

app = FastAPI(title="Price tags")
under_way: dict[str, asyncio.Task[dict[str, Any]]] = {}


class Problem(Exception):
    """A price that can't be shown."""

    def __init__(self, status: int) -> None:
        self.status = status


@app.exception_handler(Problem)
def refuse(_: Request, problem: Problem) -> JSONResponse:
    document = {"title": HTTPStatus(problem.status).phrase, "status": problem.status}
    return JSONResponse(document, problem.status, media_type="application/problem+json")


@app.get("/prices/{sku}")
async def show_price(sku: str) -> dict[str, Any]:
    return await share(sku)


@app.get("/prices")
async def show_prices(sku: Annotated[list[str], Query()]) -> dict[str, Any]:
    return {"prices": await asyncio.gather(*(show_in_list(each) for each in sku))}


@app.post("/prices/{sku}/refresh", status_code=204)
async def refresh(sku: str) -> None:
    await cache.drop(sku)


async def show_in_list(sku: str) -> dict[str, Any]:
    try:
        return await share(sku)
    except Problem:
        return {"sku": sku, "price": None, "stale": False}


async def share(sku: str) -> dict[str, Any]:
    """Find a price; whoever asks while somebody else is finding it waits for the same answer."""
    task = under_way.get(sku)
    if task is None:
        task = under_way[sku] = asyncio.create_task(find(sku))
        task.add_done_callback(lambda _: under_way.pop(sku))
    return await asyncio.shield(task)


async def find(sku: str) -> dict[str, Any]:
    kept = await cache.read(sku)
    if kept is not None:
        return show(sku, kept["price"])
    try:
        price = await supplier.ask(sku)
    except supplier.Failed:
        last = await cache.read_last(sku)
        if last is None:
            raise Problem(502) from None
        return show(sku, last["price"], stale=True)
    await cache.keep(sku, price)
    return show(sku, price)


def show(sku: str, price: str | None, *, stale: bool = False) -> dict[str, Any]:
    if price is None:
        raise Problem(404)
    return {"sku": sku, "price": price, "stale": stale}
