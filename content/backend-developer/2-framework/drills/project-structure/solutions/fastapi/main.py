"""A hotel's late check-out. Try it: uvicorn main:app"""

from fastapi import FastAPI

from rules import late_fee

app = FastAPI()


@app.get("/quotes/{hour}")
def show_quote(hour: int):
    return {"euros": late_fee(hour)}


@app.get("/bills/{hour}")
def show_bill(hour: int):
    return {"euros": late_fee(hour)}
