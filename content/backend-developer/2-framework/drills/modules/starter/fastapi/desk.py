"""Where guests check in."""

from fastapi import APIRouter

import breakfast

router = APIRouter()


@router.post("/guests/{name}", status_code=201)
def check_in(name: str):
    breakfast.eggs.append(name)
    return {"guest": name}
