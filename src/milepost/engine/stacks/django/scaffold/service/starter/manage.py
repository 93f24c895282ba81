"""Counts the words of a text, once it is written: `GET /count?text=…`."""

import sys

from django.conf import settings
from django.core.management import execute_from_command_line
from django.http import JsonResponse
from django.urls import path

settings.configure(SECRET_KEY="signs nothing", ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__)


def count(request):
    return JsonResponse({"words": -1})


urlpatterns = [path("count", count)]

if __name__ == "__main__":
    execute_from_command_line(sys.argv)
