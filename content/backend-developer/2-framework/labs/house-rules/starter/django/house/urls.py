"""The addresses: the hotel's, and the one that shows the settings."""

from django.http import JsonResponse
from django.urls import include, path


def show_settings(request):
    return JsonResponse({"hotel": "Albatross"})


urlpatterns = [path("", show_settings), path("", include("house.hotel"))]
