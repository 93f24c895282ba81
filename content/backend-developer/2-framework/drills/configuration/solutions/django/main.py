"""A hotel. Try it: HOTEL_NAME=Adler ROOMS=40 python main.py runserver"""

import os
import sys

import project  # Django's own settings

from django.http import JsonResponse
from django.urls import path


def read_settings(environment):
    name = environment.get("HOTEL_NAME", "")
    rooms = environment.get("ROOMS", "")
    closed = environment.get("CLOSED", "false")
    wrong = []
    if not name:
        wrong.append("HOTEL_NAME")
    if not rooms.isdecimal() or not 1 <= int(rooms) <= 500:
        wrong.append("ROOMS")
    if closed not in ("true", "false"):
        wrong.append("CLOSED")
    if wrong:
        sys.exit(f"Cannot start. Check these settings: {', '.join(wrong)}")
    return {"hotel": name, "rooms": int(rooms), "closed": closed == "true"}


SETTINGS = read_settings(os.environ)


def show_hotel(request):
    return JsonResponse(SETTINGS)


urlpatterns = [path("", show_hotel)]

if __name__ == "__main__":
    project.start()
