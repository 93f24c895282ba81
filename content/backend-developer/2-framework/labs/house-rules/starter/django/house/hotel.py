"""The hotel itself: rooms, bookings, a lift and a bell. There is nothing to change here."""

import json
import threading

from django.http import JsonResponse
from django.urls import path

ROOMS = range(1, 41)

bookings = {}
bells = []


class Refused(Exception):
    """The hotel says no, with a status and a sentence for the guest."""

    def __init__(self, status, sentence):
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


def require_room(number):
    if number not in ROOMS:
        raise Refused(404, f"There is no room {number}.")


def read_booking(request):
    try:
        booking = json.loads(request.body)
        room, name = booking["room"], booking["name"]
    except (ValueError, TypeError, KeyError):
        raise Refused(400, "A booking is JSON with a room and a name.") from None
    if type(room) is not int or type(name) is not str:
        raise Refused(400, "The room is a whole number, and the name a text.")
    return room, name


def show_room(request, number):
    require_room(number)
    return JsonResponse({"room": number, "taken": number in bookings})


def book_room(request):
    room, name = read_booking(request)
    require_room(room)
    if room in bookings:
        raise Refused(409, f"Room {room} is taken.")
    bookings[room] = name
    return JsonResponse({"room": room, "name": name}, status=201)


def call_lift(request, floor):
    raise RuntimeError(f"motor-{7000 + floor} does not answer")


def bell(request):
    if request.method == "POST":
        return ring_the_bell()
    heard = threading.Event()
    bells.append(heard)
    heard.wait()
    return JsonResponse({"heard": True})


def ring_the_bell():
    heard = len(bells)
    while bells:
        bells.pop().set()
    return JsonResponse({"heard": heard})


def count_waiting(request):
    return JsonResponse({"waiting": len(bells)})


urlpatterns = [
    path("rooms/<int:number>", show_room),
    path("bookings", book_room),
    path("lift/<int:floor>", call_lift),
    path("bell", bell),
    path("bell/waiting", count_waiting),
]
