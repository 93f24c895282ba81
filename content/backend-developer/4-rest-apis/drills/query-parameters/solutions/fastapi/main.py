"""A seed catalogue. On your machine: uvicorn main:app --port 8000"""

import re

from fastapi import FastAPI, HTTPException, Request

from catalogue import seeds

app = FastAPI()

MONTH = re.compile("[1-9]|1[0-2]")
ORDERS = {
    "name": lambda seed: seed["name"],
    "days": lambda seed: (seed["days"], seed["name"]),
}


def read_query(query):
    """Read the parameters at the door; what passes has the right type from here on."""
    for name, _ in query.multi_items():
        if name not in ("family", "month", "sort"):
            raise HTTPException(400, f"{name} is no parameter of this address.")
        if len(query.getlist(name)) > 1:
            raise HTTPException(400, f"{name} comes more than once.")
    month, sort = query.get("month"), query.get("sort", "name")
    if month is not None and not MONTH.fullmatch(month):
        raise HTTPException(400, "month is a whole number from 1 to 12.")
    if sort not in ORDERS:
        raise HTTPException(400, "sort is name or days.")
    return query.get("family"), None if month is None else int(month), ORDERS[sort]


@app.get("/seeds")
def list_seeds(request: Request):
    family, month, order = read_query(request.query_params)
    found = [
        seed
        for seed in seeds
        if (family is None or seed["family"] == family)
        and (month is None or seed["from"] <= month <= seed["to"])
    ]
    return {"seeds": sorted(found, key=order)}
