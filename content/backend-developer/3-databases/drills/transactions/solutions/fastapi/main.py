"""Tokens at a fair. On your machine: uvicorn main:app --port 8000"""

from fastapi import FastAPI, HTTPException

from database import connect

app = FastAPI()

# Both at once and in one order, so that no two payments wait for each other.
LOCK = "SELECT id, tokens FROM purses WHERE id = ANY (%s) ORDER BY id FOR UPDATE"


@app.post("/payments", status_code=201)
def pay(payment: dict):
    sender, receiver, tokens = payment["sender"], payment["receiver"], payment["tokens"]
    with connect() as connection, connection.transaction():
        purses = dict(connection.execute(LOCK, [[sender, receiver]]).fetchall())
        if len(purses) < 2:
            raise HTTPException(404, "There is no such purse.")
        if purses[sender] < tokens:
            raise HTTPException(409, "There are not so many tokens in it.")
        for purse, change in ((sender, -tokens), (receiver, tokens)):
            connection.execute(
                "UPDATE purses SET tokens = tokens + %s WHERE id = %s", [change, purse]
            )
        connection.execute(
            "INSERT INTO payments (sender, receiver, tokens) VALUES (%s, %s, %s)",
            [sender, receiver, tokens],
        )
    return payment
