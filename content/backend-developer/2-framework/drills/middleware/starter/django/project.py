"""What Django needs around the routes. There is nothing to change here."""

import sys

from django.conf import settings
from django.core.management import execute_from_command_line
from django.http import JsonResponse
from django.urls import path


def show_room(request, number):
    return JsonResponse({"room": number})


def break_down(request):
    raise LookupError("the lift is stuck")


ROUTES = [path("rooms/<int:number>", show_room), path("broken", break_down)]


def configure(middleware):
    if not settings.configured:
        settings.configure(
            SECRET_KEY="only signs nothing here",
            ALLOWED_HOSTS=["*"],
            ROOT_URLCONF="main",
            MIDDLEWARE=middleware,
        )


def start():
    execute_from_command_line(sys.argv)
