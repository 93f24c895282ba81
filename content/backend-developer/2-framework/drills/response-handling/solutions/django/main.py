"""The guests of a hotel. On your machine: python main.py runserver --noreload 8000"""
import json

import project  # Django's settings

from django.http import Http404, HttpResponse, JsonResponse
from django.urls import path
from records import guests


def show(record):
    return {"number": record["number"], "name": record["name"], "room": record["room"]}


def guest(request, number):
    if number not in guests:
        raise Http404
    if request.method == "DELETE":
        del guests[number]
        return HttpResponse(status=204)
    return JsonResponse(show(guests[number]))


def all_guests(request):
    if request.method == "GET":
        return JsonResponse({"guests": [show(record) for record in guests.values()]})
    number = max(guests, default=0) + 1
    guests[number] = {"number": number, **json.loads(request.body)}
    return JsonResponse(
        show(guests[number]), status=201, headers={"Location": f"/guests/{number}"}
    )


urlpatterns = [path("guests", all_guests), path("guests/<int:number>", guest)]
if __name__ == "__main__":
    project.start()
