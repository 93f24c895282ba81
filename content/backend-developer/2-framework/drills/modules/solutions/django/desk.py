"""Where guests check in."""

from django.http import JsonResponse
from django.urls import path

on_check_in = []


def check_in(request, name):
    for tell in on_check_in:
        tell(name)
    return JsonResponse({"guest": name}, status=201)


urlpatterns = [path("guests/<str:name>", check_in)]
