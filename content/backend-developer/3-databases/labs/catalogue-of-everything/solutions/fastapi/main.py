"""The catalogue in FastAPI: what is asked, and what is answered."""

from typing import Annotated, Any

from fastapi import FastAPI, HTTPException, Request
from pydantic import BaseModel, Field, StrictInt

import catalogue

Price = Annotated[StrictInt, Field(ge=0)]


class Maker(BaseModel):
    id: str
    name: str


class Thing(BaseModel):
    sku: str
    kind: str
    price: Price
    tags: list[str] = []
    maker: Maker
    details: dict[str, Any] = {}


class Name(BaseModel):
    name: str


app = FastAPI(title="Catalogue of everything")
catalogue.prepare()


@app.post("/things", status_code=201)
def add(thing: Thing) -> dict[str, Any]:
    try:
        return catalogue.add(thing.model_dump())
    except catalogue.SkuTaken:
        raise HTTPException(409, f"{thing.sku} is in the catalogue already") from None


@app.get("/things/{sku}")
def show(sku: str) -> dict[str, Any]:
    return require(catalogue.find_one(sku))


@app.get("/things")
def search(
    request: Request, kind: str | None = None, tag: str | None = None, max_price: int | None = None
) -> dict[str, Any]:
    asked = {name: value for name, value in request.query_params.items() if "." in name}
    return {"things": catalogue.search(kind, tag, max_price, asked)}


@app.patch("/things/{sku}/details")
def describe(sku: str, details: dict[str, Any]) -> dict[str, Any]:
    return require(catalogue.describe(sku, details))


@app.put("/makers/{maker}")
def rename_maker(maker: str, body: Name) -> dict[str, int]:
    return {"things": catalogue.rename_maker(maker, body.name)}


@app.get("/kinds")
def sum_up_kinds() -> dict[str, Any]:
    return {"kinds": catalogue.sum_up_kinds()}


@app.get("/tags")
def count_tags() -> dict[str, Any]:
    return {"tags": catalogue.count_tags()}


def require(thing: dict[str, Any] | None) -> dict[str, Any]:
    if thing is None:
        raise HTTPException(404, "There is no such thing")
    return thing
