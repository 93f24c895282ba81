"""Where guests check in."""

import breakfast
from django.http import JsonResponse
from django.urls import path


def check_in(request, name):
    breakfast.eggs.append(name)
    return JsonResponse({"guest": name}, status=201)


urlpatterns = [path("guests/<str:name>", check_in)]
