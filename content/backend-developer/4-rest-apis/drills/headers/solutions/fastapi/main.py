"""The menu of a canteen. On your machine: uvicorn main:app --port 8000"""

from typing import Annotated

from fastapi import FastAPI, Header, HTTPException, Response

app = FastAPI()
menu = {"dish": "Lentil soup", "cents": 450}
version = 1


def etag():
    return f'"{version}"'


@app.get("/menu")
def show_menu(response: Response, if_none_match: Annotated[str | None, Header()] = None):
    if if_none_match == etag():
        return Response(status_code=304, headers={"ETag": etag()})
    response.headers["ETag"] = etag()
    return menu


@app.put("/menu")
async def replace_menu(
    new: dict, response: Response, if_match: Annotated[str | None, Header()] = None
):
    # Nothing is awaited between the look and the change, so nobody comes between them.
    global menu, version
    if if_match is None:
        raise HTTPException(428, "Say in If-Match which menu you have seen.")
    if if_match != etag():
        raise HTTPException(412, "Somebody has changed the menu since.")
    menu, version = new, version + 1
    response.headers["ETag"] = etag()
    return menu
