"""Requests and answers."""

from urllib.parse import urlencode

from django.http import HttpResponse, JsonResponse

from books import Shelf, read_book
from refusals import Problem

PARAMETERS = {"limit", "after", "author", "year"}
SHELF = Shelf()


def shelf(request):
    if request.method == "POST":
        book = SHELF.add(read_book(request))
        return show(book, status=201, headers={"Location": f"/books/{book.id}"})
    if request.method == "GET":
        return list_books(request)
    return not_allowed("GET, POST")


def book(request, book_id):
    match request.method:
        case "GET":
            found = SHELF.get(book_id)
            if names(request.headers.get("If-None-Match", ""), found.etag):
                return HttpResponse(status=304, headers={"ETag": found.etag})
            return show(found)
        case "PUT":
            return replace(request, SHELF.get(book_id))
        case "DELETE":
            SHELF.remove(book_id)
            return HttpResponse(status=204)
    return not_allowed("GET, PUT, DELETE")


def replace(request, found):
    if "If-Match" not in request.headers:
        raise Problem(428, "Name the version that you have seen in If-Match.")
    fields = read_book(request)
    with SHELF.lock:
        if not names(request.headers["If-Match"], found.etag):
            raise Problem(412, "The book was changed since. Read it again.")
        found.fields = fields
        found.version += 1
    return show(found)


def list_books(request):
    given = request.GET
    for name in given:
        if name not in PARAMETERS:
            raise Problem(400, f"There is no parameter {name}.")
    limit = read_number(given.get("limit", "20"), "limit")
    if not 1 <= limit <= 100:
        raise Problem(400, "`limit` is from 1 to 100.")
    wanted = {}
    if "author" in given:
        wanted["author"] = given["author"]
    if "year" in given:
        wanted["year"] = read_number(given["year"], "year")
    fitting = SHELF.list_after(read_number(given.get("after", "0"), "after"), wanted)
    shown = fitting[:limit]
    following = None
    if len(fitting) > limit:
        following = "/books?" + urlencode({**wanted, "limit": limit, "after": shown[-1].number})
    return JsonResponse({"items": [{"id": each.id} for each in shown], "next": following})


def show(found, status=200, headers=None):
    return JsonResponse(
        found.show(), status=status, headers={**(headers or {}), "ETag": found.etag}
    )


def not_allowed(methods):
    response = Problem(405, "This address does not know that method.").answer()
    response["Allow"] = methods
    return response


def read_number(text, name):
    if not (text.isascii() and text.isdigit()):
        raise Problem(400, f"`{name}` is a whole number.")
    return int(text)


def names(header, etag):
    """Whether a list of versions, such as If-Match gives, names this one."""
    given = [each.strip() for each in header.split(",")]
    return etag in given or "*" in given
