"""A hotel, put together from its parts. Try it: uvicorn main:app"""

from fastapi import FastAPI

import breakfast
import desk

app = FastAPI()
app.include_router(desk.router)
app.include_router(breakfast.router)
desk.on_check_in.append(breakfast.prepare)
