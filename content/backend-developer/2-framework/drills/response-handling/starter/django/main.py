"""The guests of a hotel. On your machine: python main.py runserver --noreload 8000"""
import json

import project  # Django's settings

from django.http import JsonResponse
from django.urls import path
from records import guests


def guest(request, number):
    return JsonResponse(guests[number])


def all_guests(request):
    if request.method == "GET":
        return JsonResponse({"guests": list(guests.values())})
    number = max(guests, default=0) + 1
    guests[number] = {"number": number, **json.loads(request.body)}
    return JsonResponse(guests[number])


urlpatterns = [path("guests", all_guests), path("guests/<int:number>", guest)]
if __name__ == "__main__":
    project.start()
