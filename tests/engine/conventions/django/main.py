"""A service as Django's own documentation would write it: with the middleware of a new project.

Django has no word on JSON bodies: the views read them with the standard library. Only they are
exempt from its check of forms, as the documentation has it for addresses that programs post to.
"""

import json
import sys

from django.conf import settings
from django.core.management import execute_from_command_line
from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

settings.configure(
    SECRET_KEY="made up",
    ROOT_URLCONF="__main__",
    ALLOWED_HOSTS=["*"],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def books(request: HttpRequest) -> JsonResponse:
    if request.method == "POST":
        return JsonResponse(json.loads(request.body), status=201)
    asked = request.GET
    return JsonResponse({"q": asked["q"], "limit": int(asked.get("limit", "10"))})


@require_safe
def show_book(_: HttpRequest, number: int) -> JsonResponse:
    return JsonResponse({"number": number})


@csrf_exempt
@require_POST
def sign_in(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"name": request.POST["name"]})


@require_POST
def sign_in_guarded(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"name": request.POST["name"]})


@require_safe
def break_down(_: HttpRequest) -> JsonResponse:
    raise LookupError("the shelf fell down")


urlpatterns = [
    path("books/", books),
    path("books/<int:number>/", show_book),
    path("guests/", sign_in),
    path("guarded-guests/", sign_in_guarded),
    path("broken/", break_down),
]
if __name__ == "__main__":
    execute_from_command_line(sys.argv)
