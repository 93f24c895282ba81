"""Tokens at a fair. On your machine: uvicorn main:app --port 8000"""

from fastapi import FastAPI

from database import connect

app = FastAPI()


@app.post("/payments", status_code=201)
def pay(payment: dict):
    with connect() as connection:
        for purse, change in (("sender", -payment["tokens"]), ("receiver", payment["tokens"])):
            found = connection.execute(
                "SELECT tokens FROM purses WHERE id = %s", [payment[purse]]
            ).fetchone()
            connection.execute(
                "UPDATE purses SET tokens = %s WHERE id = %s", [found[0] + change, payment[purse]]
            )
        connection.execute(
            "INSERT INTO payments (sender, receiver, tokens) VALUES (%s, %s, %s)",
            [payment["sender"], payment["receiver"], payment["tokens"]],
        )
    return payment
