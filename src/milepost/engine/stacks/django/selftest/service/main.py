"""Counts how often it is asked; see `contracts/service`.

Part of the self-test of the stack: it runs in a sandbox, as learner code does.
"""

import sys

from django.conf import settings
from django.core.management import execute_from_command_line
from django.http import HttpRequest, JsonResponse
from django.urls import path

settings.configure(
    SECRET_KEY="made up",  # noqa: S106 - of nothing
    ROOT_URLCONF="__main__",
    ALLOWED_HOSTS=["*"],
)
asked: list[str] = []


def count(request: HttpRequest) -> JsonResponse:
    asked.append(request.path)
    sys.stdout.write(f"counted {len(asked)}\n")
    return JsonResponse({"count": len(asked)})


urlpatterns = [path("count", count)]
if __name__ == "__main__":
    execute_from_command_line(sys.argv)
