"""Counts how often it is asked; see `contracts/service`.

Part of the self-test of the stack: it runs in a sandbox, as learner code does.
"""

import sys

from fastapi import FastAPI

app = FastAPI()
asked: list[str] = []


@app.get("/count")
def count() -> dict[str, int]:
    asked.append("/count")
    sys.stdout.write(f"counted {len(asked)}\n")
    return {"count": len(asked)}
