"""Who gets an egg in the morning."""

from fastapi import APIRouter

router = APIRouter()
eggs = []


def prepare(name):
    eggs.append(name)


@router.get("/breakfasts")
def list_breakfasts():
    return eggs
