"""The hotel's service, put together. On your machine: HOTEL_NAME=Albatross uvicorn main:app"""

from fastapi import FastAPI

from house import desk
from house.rules import put_rules_around
from house.settings import read_settings
from house.wings import find_names, load_wing

settings = read_settings(find_names())
wings = {name: load_wing(name) for name in find_names() if name not in settings.closed}
app = FastAPI()


@app.get("/wings")
def list_wings():
    return {"hotel": settings.hotel, "wings": [wing.show() for wing in wings.values()]}


app.include_router(desk.router)
for name, wing in wings.items():
    app.include_router(wing.router, prefix=f"/{name}")
put_rules_around(app, settings.hotel, wings)
