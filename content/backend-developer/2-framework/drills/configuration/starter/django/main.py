"""A hotel. Try it: HOTEL_NAME=Adler ROOMS=40 python main.py runserver"""

import os

import project  # Django's own settings

from django.http import JsonResponse
from django.urls import path


def show_hotel(request):
    return JsonResponse(
        {
            "hotel": os.environ.get("HOTEL_NAME", "Grand Hotel"),
            "rooms": os.environ.get("ROOMS", 100),
            "closed": bool(os.environ.get("CLOSED", "")),
        }
    )


urlpatterns = [path("", show_hotel)]

if __name__ == "__main__":
    project.start()
