"""The price tags in one file, with threads: every wait blocks the thread that waits."""

import json
import os
import re
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor

import httpx
from fastapi import FastAPI, Query
from fastapi.responses import JSONResponse, Response
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

app = FastAPI()
supplier = httpx.Client(base_url=os.environ["UPSTREAM_URL"])
redis = Redis.from_url(
    os.environ["REDIS_URL"],
    decode_responses=True,
    socket_timeout=0.4,
    socket_connect_timeout=0.4,
    retry=Retry(NoBackoff(), 0),
)
helpers = ThreadPoolExecutor(20)
lock = threading.Lock()
searches = {}  # sku -> a Future of what the one who searches will find


@app.get("/prices/{sku}")
def one(sku: str):
    status, price, stale = find_once(sku)
    if status == 200:
        return {"sku": sku, "price": price, "stale": stale}
    title = "The supplier does not sell this" if status == 404 else "The supplier has no answer"
    problem = {"title": title, "status": status}
    return JSONResponse(problem, status, media_type="application/problem+json")


@app.get("/prices")
def several(sku: list[str] = Query()):
    found = zip(sku, helpers.map(find_once, sku))
    return {"prices": [{"sku": each, "price": p, "stale": s} for each, (_, p, s) in found]}


@app.post("/prices/{sku}/refresh")
def refresh(sku: str):
    try:
        redis.delete(f"price:{sku}")
    except RedisError:
        pass  # then nothing is kept that could be old
    return Response(status_code=204)


def find_once(sku):
    """Search, or wait for the one who is searching already."""
    with lock:
        search = searches.get(sku)
        is_mine = search is None
        if is_mine:
            search = searches[sku] = Future()
    if is_mine:
        try:
            search.set_result(find(sku))
        except Exception as error:
            search.set_exception(error)
        finally:
            with lock:
                del searches[sku]
    return search.result()


def find(sku):
    """Answer a status, a price and whether it is old."""
    kept = look_up(f"price:{sku}")
    if kept is None:
        kept = ask_supplier(sku)
        if kept is None:
            last = look_up(f"before:{sku}")
            return (502, None, False) if last is None else (200, last, True)
        put_away(sku, kept)
    return (200, kept, False) if kept else (404, None, False)


def look_up(key):
    try:
        return redis.get(key)
    except RedisError:
        return None


def put_away(sku, price):
    try:
        if price:
            redis.setex(f"before:{sku}", 3600, price)
        redis.setex(f"price:{sku}", 60 if price else 10, price)
    except RedisError:
        pass


def ask_supplier(sku):
    """Answer a price, an empty text where he does not sell it, or None when he failed."""
    deadline = time.monotonic() + 2.5
    for wait in (0, 0.05, 0.15):
        time.sleep(wait)
        try:
            status, body = fetch(sku, deadline)
        except httpx.HTTPError:
            continue
        if status == 404:
            return ""
        if 400 <= status < 500:
            return None
        price = read(body) if status == 200 else None
        if price is not None:
            return price
    return None


def fetch(sku, deadline):
    left = max(deadline - time.monotonic(), 0.001)
    with supplier.stream("GET", f"/prices/{sku}", timeout=left) as response:
        body = b""
        for piece in response.iter_raw():
            body += piece
            if time.monotonic() > deadline:
                raise httpx.ReadTimeout("It never ends")
        return response.status_code, body


def read(body):
    try:
        price = json.loads(body)["price"]
    except (ValueError, LookupError, TypeError):
        return None
    return price if isinstance(price, str) and re.fullmatch("[0-9]+[.][0-9]{2}", price) else None
