"""What the boathouse answers."""

from django.http import JsonResponse
from django.views.decorators.http import require_GET, require_POST
from house.bodies import Refused, read_fields
from house.guests import is_guest

from wings.boats.fleet import SEATS
from wings.boats.prices import price
from wings.boats.rides import taken


@require_GET
def list_fleet(request):
    seats = request.GET.get("seats")
    if seats is not None and not seats.isdecimal():
        raise Refused(400, "`seats` is a whole number.")
    boats = [
        {"number": number, "seats": has, "free": number not in taken}
        for number, has in SEATS.items()
        if seats is None or int(seats) == has
    ]
    return JsonResponse({"boats": boats})


@require_POST
def take_boat(request):
    guest, boat, hours = read_fields(request, guest=int, boat=int, hours=int)
    if not 1 <= hours <= 8:
        raise Refused(400, "A boat is out for 1 to 8 hours.")
    if not is_guest(guest):
        raise Refused(404, "No such guest is in the house.")
    if boat not in SEATS:
        raise Refused(404, "There is no such boat.")
    if boat in taken:
        raise Refused(409, "This boat is out.")
    taken[boat] = guest
    ride = {"guest": guest, "boat": boat, "hours": hours, "euros": price(hours)}
    return JsonResponse(ride, status=201)
