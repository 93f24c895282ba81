"""What the library answers."""

from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_GET, require_http_methods
from house.bodies import Refused, read_fields
from house.guests import is_guest

from wings.library.loans import lent
from wings.library.shelf import BOOKS


def require_book(number):
    if number not in BOOKS:
        raise Refused(404, "There is no such book.")


@require_GET
def show_book(request, number):
    require_book(number)
    title, year = BOOKS[number]
    return JsonResponse({"number": number, "title": title, "year": year, "lent": number in lent})


@require_GET
def show_newest(request):
    return show_book(request, max(BOOKS, key=lambda number: BOOKS[number][1]))


@require_http_methods(["PUT"])
def lend(request, number):
    [guest] = read_fields(request, guest=int)
    require_book(number)
    if not is_guest(guest):
        raise Refused(404, "No such guest is in the house.")
    if lent.get(number, guest) != guest:
        raise Refused(409, "Somebody else reads this book.")
    lent[number] = guest
    return HttpResponse(status=204)
