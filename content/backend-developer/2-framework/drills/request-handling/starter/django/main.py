"""The bookings of a hotel. On your machine: python main.py runserver --noreload 8000"""
import json

import project  # Django's settings

from django.http import JsonResponse
from django.urls import path

EUROS_A_NIGHT = 90
guests = []


def bookings(request):
    if request.method == "GET":
        return JsonResponse({"guests": guests})
    body = json.loads(request.body)
    guests.append(body["guest"])
    answer = {"guest": body["guest"], "euros": body["nights"] * EUROS_A_NIGHT}
    return JsonResponse(answer, status=201)


urlpatterns = [path("bookings", bookings)]

if __name__ == "__main__":
    project.start()
