"""The menu of a canteen. On your machine: uvicorn main:app --port 8000"""

from fastapi import FastAPI

app = FastAPI()
menu = {"dish": "Lentil soup", "cents": 450}


@app.get("/menu")
def show_menu():
    return menu


@app.put("/menu")
def replace_menu(new: dict):
    global menu
    menu = new
    return menu
