"""The bookings of a hotel. On your machine: python main.py runserver --noreload 8000"""
import json

import project  # Django's settings

from django.http import JsonResponse
from django.urls import path

EUROS_A_NIGHT = 90
EUROS_A_BREAKFAST = 15
guests = []


def read_booking(request):
    """Return guest, nights and breakfast. Raises ValueError for what does not fit."""
    body = json.loads(request.body)  # what is no JSON raises a ValueError as well
    if not isinstance(body, dict):
        raise ValueError("A booking is an object.")
    guest, nights = body.get("guest"), body.get("nights")
    if not isinstance(guest, str) or not 1 <= len(guest) <= 100:
        raise ValueError("A guest has a name of 1 to 100 characters.")
    if type(nights) is not int or not 1 <= nights <= 30:
        raise ValueError("One stays 1 to 30 nights.")
    breakfast = request.GET.get("breakfast", "false")
    if breakfast not in ("true", "false"):
        raise ValueError("Breakfast is true or false.")
    return guest, nights, breakfast == "true"


def bookings(request):
    if request.method == "GET":
        return JsonResponse({"guests": guests})
    try:
        guest, nights, breakfast = read_booking(request)
    except ValueError as error:
        return JsonResponse({"detail": str(error)}, status=400)
    guests.append(guest)
    night = EUROS_A_NIGHT + (EUROS_A_BREAKFAST if breakfast else 0)
    return JsonResponse({"guest": guest, "euros": nights * night}, status=201)


urlpatterns = [path("bookings", bookings)]

if __name__ == "__main__":
    project.start()
