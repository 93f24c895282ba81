"""Counts the words of a text: `GET /count?text=…`."""

import sys

from django.conf import settings
from django.core.management import execute_from_command_line
from django.http import HttpResponse, JsonResponse
from django.urls import path

settings.configure(SECRET_KEY="signs nothing", ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__)


def count(request):
    text = request.GET.get("text")
    if text is None:
        return HttpResponse(status=400)
    return JsonResponse({"words": len(text.split())})


urlpatterns = [path("count", count)]

if __name__ == "__main__":
    execute_from_command_line(sys.argv)
