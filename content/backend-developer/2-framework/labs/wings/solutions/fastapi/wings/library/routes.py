"""The addresses of the library."""

from fastapi import APIRouter, HTTPException
from house.guests import is_guest
from pydantic import BaseModel

from wings.library.loans import lent
from wings.library.shelf import BOOKS

router = APIRouter()


class Loan(BaseModel):
    guest: int


def show_book(number: int):
    if number not in BOOKS:
        raise HTTPException(404, "There is no such book.")
    title, year = BOOKS[number]
    return {"number": number, "title": title, "year": year, "lent": number in lent}


@router.get("/books/newest")
def show_newest():
    return show_book(max(BOOKS, key=lambda number: BOOKS[number][1]))


router.get("/books/{number}")(show_book)


@router.put("/loans/{number}", status_code=204)
def lend(number: int, loan: Loan):
    show_book(number)
    if not is_guest(loan.guest):
        raise HTTPException(404, "No such guest is in the house.")
    if lent.get(number, loan.guest) != loan.guest:
        raise HTTPException(409, "Somebody else reads this book.")
    lent[number] = loan.guest
