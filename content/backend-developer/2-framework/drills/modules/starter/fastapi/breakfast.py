"""Who gets an egg in the morning."""

from fastapi import APIRouter

router = APIRouter()
eggs = []


@router.get("/breakfasts")
def list_breakfasts():
    return eggs
