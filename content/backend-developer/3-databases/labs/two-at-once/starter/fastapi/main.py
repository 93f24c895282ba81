"""The doors of the savings club: what is asked over HTTP, and what ledger.py makes of it.

On your machine: pip install fastapi uvicorn "psycopg[binary,pool]", then uvicorn main:app --port 8000
"""

from fastapi import FastAPI
from fastapi.responses import JSONResponse
from pydantic import BaseModel, PositiveInt

import ledger

app = FastAPI(title="Savings club")


class Change(BaseModel):
    account: int
    amount: PositiveInt


class Transfer(BaseModel):
    source: int
    target: int
    amount: PositiveInt


@app.post("/deposits", status_code=201)
def deposit(asked: Change):
    return {"account": asked.account, "balance": ledger.deposit(asked.account, asked.amount)}


@app.post("/transfers", status_code=201)
def transfer(asked: Transfer):
    ledger.transfer(asked.source, asked.target, asked.amount)
    return asked


@app.post("/withdrawals", status_code=201)
def withdraw(asked: Change):
    return {"account": asked.account, "balance": ledger.withdraw(asked.account, asked.amount)}


@app.get("/report")
def report():
    balances, entries = ledger.report()
    return {"balances": balances, "entries": entries}


@app.exception_handler(ledger.UnknownAccount)
def say_unknown(_request, _error):
    return JSONResponse({"detail": "There is no such account."}, status_code=404)


@app.exception_handler(ledger.TooLittle)
def say_too_little(_request, _error):
    return JSONResponse({"detail": "There is too little in the account."}, status_code=409)


@app.exception_handler(ledger.Busy)
def say_busy(_request, _error):
    return JSONResponse({"detail": "Others are at work on these accounts. Try again."}, status_code=503)
