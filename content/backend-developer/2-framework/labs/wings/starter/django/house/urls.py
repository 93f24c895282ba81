"""The addresses of the house."""

from django.http import JsonResponse
from django.urls import path


def list_wings(request):
    return JsonResponse({"hotel": "Albatross", "wings": []})


urlpatterns = [path("wings", list_wings)]
