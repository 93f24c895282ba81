"""Where guests check in."""

from fastapi import APIRouter

router = APIRouter()
on_check_in = []


@router.post("/guests/{name}", status_code=201)
def check_in(name: str):
    for tell in on_check_in:
        tell(name)
    return {"guest": name}
