"""The rooms of a hotel. On your machine: python main.py runserver --noreload 8000"""

import project  # Django's settings

from django.http import JsonResponse
from django.urls import path


def show_room(request, number):
    return JsonResponse({"room": number})


def list_free_rooms(request):
    return JsonResponse({"free": [7, 12]})


urlpatterns = [
    path("rooms/<str:number>", show_room),
    path("rooms/free", list_free_rooms),
]

if __name__ == "__main__":
    project.start()
