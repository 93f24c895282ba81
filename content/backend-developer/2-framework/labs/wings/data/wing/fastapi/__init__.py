"""A wing that the checks put beside the learner's. NAME and TITLE are filled in."""

from fastapi import APIRouter, Body
from house.guests import is_guest, on_check_out

TITLE = "@TITLE@"
router = APIRouter()
heard = []
on_check_out.append(heard.append)


@router.get("/echo/{word}")
def echo(word: str):
    return {"wing": "@NAME@", "word": word}


@router.post("/notes", status_code=201)
def note(note: dict = Body()):
    return note


@router.post("/asked")
def ask(asked: dict = Body()):
    return {"known": is_guest(asked["guest"])}


@router.get("/heard")
def list_heard():
    return {"heard": heard}


@router.get("/broken/{pipe}")
def burst(pipe: int):
    raise RuntimeError(f"pipe-{7000 + pipe} has burst")
