"""The rooms of a hotel. On your machine: python main.py runserver --noreload 8000"""

import project  # Django's settings

from django.http import HttpResponse, JsonResponse
from django.urls import path


def show_room(request, number):
    return JsonResponse({"room": number})


def list_free_rooms(request):
    return JsonResponse({"free": [7, 12]})


def key(request, number, key):
    if request.method == "DELETE":
        return HttpResponse(status=204)
    return JsonResponse({"room": number, "key": key})


urlpatterns = [
    path("rooms/<int:number>", show_room),
    path("rooms/free", list_free_rooms),
    path("rooms/<int:number>/keys/<int:key>", key),
]

if __name__ == "__main__":
    project.start()
