"""A hotel's late check-out. Try it: uvicorn main:app"""

from fastapi import FastAPI

app = FastAPI()


@app.get("/quotes/{hour}")
def show_quote(hour: int):
    return {"euros": max(0, hour - 11) * 10}


@app.get("/bills/{hour}")
def show_bill(hour: int):
    return {"euros": max(0, hour - 12) * 10}
