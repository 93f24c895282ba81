"""The listeners' desk in FastAPI: what is asked, and what is answered."""

from typing import Annotated, Any

from fastapi import Depends, FastAPI, HTTPException, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel

import desk

app = FastAPI(title="Who is online")
Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(HTTPBearer(auto_error=False))]


class Listener(BaseModel):
    name: str


class Wish(BaseModel):
    phone: str
    song: str


def read_token(credentials: Credentials) -> str:
    if credentials is None:
        raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})
    return credentials.credentials


Token = Annotated[str, Depends(read_token)]


@app.post("/sessions", status_code=201)
async def come_in(listener: Listener) -> dict[str, str]:
    token = await desk.open_session(listener.name)
    await desk.note_sign_of_life(listener.name)
    return {"token": token, "name": listener.name}


@app.get("/me")
async def show_me(token: Token) -> dict[str, str]:
    name = await desk.use_session(token)
    if name is None:
        raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})
    await desk.note_sign_of_life(name)
    return {"name": name}


@app.delete("/me", status_code=204)
async def leave(token: Token) -> None:
    name = await desk.close_session(token)
    if name is None:
        raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})
    await desk.forget(name)


@app.get("/online")
async def list_online() -> dict[str, list[str]]:
    return {"online": await desk.list_online()}


@app.post("/songs/{song}/likes")
async def like(song: str) -> dict[str, Any]:
    return {"song": song, "likes": await desk.like(song)}


@app.get("/chart")
async def show_chart(top: int = 10) -> dict[str, Any]:
    return {"chart": [{"song": song, "likes": n} for song, n in await desk.read_chart(top)]}


@app.post("/wishes", status_code=202)
async def take_wish(wish: Wish) -> dict[str, int]:
    seconds = await desk.count_call(wish.phone)
    if seconds is not None:
        raise HTTPException(429, headers={"Retry-After": str(seconds)})
    return {"waiting": await desk.queue_wish(wish.model_dump_json())}


@app.post("/wishes/next", response_model=Wish)
async def hand_out() -> Any:
    text = await desk.take_wish()
    return Response(status_code=204) if text is None else Wish.model_validate_json(text)
