#!/usr/bin/env bash
# FastAPI 0.165.0 (PyPI, with Pydantic 2.14.4) and an example of a model in which a field is null.
# Expected: `/openapi.json` shows the example as it was written, `"note": null` included.
# Seen: Pydantic's own JSON schema has the null, the document that FastAPI serves has dropped the member, at any depth of
# the example; so a reader sees an answer that the service never gives, and a strict validator that it lacks a required field.
# Prints both, and fails if that is no longer so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check fastapi==0.165.0 pydantic==2.14.4
"$folder/venv/bin/python" - <<'PYTHON'
import json
import sys

import fastapi
import pydantic
from fastapi import FastAPI


class Order(pydantic.BaseModel):
    number: int
    note: str | None

    model_config = {"json_schema_extra": {"examples": [{"number": 7, "note": None}]}}


app = FastAPI()


@app.get("/orders/7")
def show_order() -> Order:
    return Order(number=7, note=None)


own = Order.model_json_schema()
served = app.openapi()["components"]["schemas"]["Order"]
print(f"FastAPI {fastapi.__version__}, Pydantic {pydantic.VERSION}")
print("required:", own["required"])
print("Pydantic's schema: ", json.dumps(own["examples"]))
print("in openapi.json:   ", json.dumps(served["examples"]))
if own["examples"] != [{"number": 7, "note": None}] or served["examples"] != [{"number": 7}]:
    sys.exit("This has changed.")
PYTHON
