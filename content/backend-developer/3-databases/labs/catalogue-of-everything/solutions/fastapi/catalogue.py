"""The collection of things: every question and every change is one command to the store."""

import os
from typing import Any

from pymongo import MongoClient, ReturnDocument
from pymongo.errors import DuplicateKeyError

WITHOUT_ID = {"_id": False}
EMPTY = {"tags": [], "details": {}}  # what documents of the old program may lack

store: MongoClient = MongoClient(os.environ["MONGO_URL"])
things = store.get_default_database()["things"]


class SkuTaken(Exception):
    """There is a thing with this sku."""


def prepare() -> None:
    things.create_index("sku", unique=True)
    things.create_index([("kind", 1), ("price", 1)])


def add(thing: dict[str, Any]) -> dict[str, Any]:
    try:
        things.insert_one(dict(thing))  # which puts an _id into what it is given
    except DuplicateKeyError:
        raise SkuTaken from None
    return thing


def find_one(sku: str) -> dict[str, Any] | None:
    return as_shown(things.find_one({"sku": sku}, WITHOUT_ID))


def search(
    kind: str | None, tag: str | None, max_price: int | None, asked: dict[str, str]
) -> list[Any]:
    where: dict[str, Any] = dict(asked)
    if kind is not None:
        where["kind"] = kind
    if tag is not None:
        where["tags"] = tag  # fits if one of them is it
    if max_price is not None:
        where["price"] = {"$lte": max_price}
    return [as_shown(each) for each in things.find(where, WITHOUT_ID).sort({"price": 1, "sku": 1})]


def describe(sku: str, details: dict[str, Any]) -> dict[str, Any] | None:
    """Change some of the details, by their own addresses, so that nothing else is written."""
    kept = {f"details.{name}": value for name, value in details.items() if value is not None}
    gone = {f"details.{name}": "" for name, value in details.items() if value is None}
    change = {name: fields for name, fields in (("$set", kept), ("$unset", gone)) if fields}
    if not change:
        return find_one(sku)
    found = things.find_one_and_update(
        {"sku": sku}, change, WITHOUT_ID, return_document=ReturnDocument.AFTER
    )
    return as_shown(found)


def rename_maker(maker: str, name: str) -> int:
    return things.update_many({"maker.id": maker}, {"$set": {"maker.name": name}}).matched_count


def sum_up_kinds() -> list[Any]:
    sums = {"things": {"$sum": 1}, "cheapest": {"$min": "$price"}, "worth": {"$sum": "$price"}}
    found = things.aggregate(
        [{"$group": {"_id": "$kind", **sums}}, {"$sort": {"things": -1, "_id": 1}}]
    )
    return [{"kind": each.pop("_id"), **each} for each in found]


def count_tags() -> list[Any]:
    found = things.aggregate(
        [
            {"$unwind": "$tags"},
            {"$group": {"_id": {"sku": "$sku", "tag": "$tags"}}},
            {"$group": {"_id": "$_id.tag", "things": {"$sum": 1}}},
            {"$sort": {"things": -1, "_id": 1}},
        ]
    )
    return [{"tag": each["_id"], "things": each["things"]} for each in found]


def as_shown(thing: dict[str, Any] | None) -> dict[str, Any] | None:
    return None if thing is None else {**EMPTY, **thing}
