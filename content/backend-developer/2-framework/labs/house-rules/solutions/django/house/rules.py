"""The rules around every request: ids, the log, limits, and errors, the innermost last."""

import json
import re
from time import perf_counter
from uuid import uuid4

from django.conf import settings
from django.http import JsonResponse

from house.hotel import Refused


def make_error(request, status, sentence):
    return JsonResponse({"error": sentence, "request_id": request.id}, status=status)


def not_found(request, exception):
    """Answer where no route has the path; `urls` names this as `handler404`."""
    return make_error(request, 404, "There is nothing at this address.")


def print_line(event, request, **fields):
    print(json.dumps({"event": event, "id": request.id, **fields}))


def give_id(get_response):
    def middleware(request):
        given = request.headers.get("X-Request-ID", "")
        fits = re.fullmatch(r"[A-Za-z0-9-]{1,64}", given)
        request.id = given if fits else str(uuid4())
        response = get_response(request)
        response["X-Request-ID"] = request.id
        return response

    return middleware


def keep_log(get_response):
    def middleware(request):
        began = perf_counter()
        response = get_response(request)
        if settings.HOTEL["log_level"] == "info":
            print_line(
                "request",
                request,
                method=request.method,
                path=request.path,
                status=response.status_code,
                milliseconds=(perf_counter() - began) * 1000,
            )
        return response

    return middleware


class Limits:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        hotel = settings.HOTEL
        if hotel["closed"] and request.path != "/":
            return make_error(request, 503, f"The {hotel['hotel']} is closed.")
        if int(request.headers.get("Content-Length") or 0) > hotel["body_limit"]:
            return make_error(request, 413, "This is more than we can carry.")
        return self.get_response(request)


class Errors:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, error):
        if isinstance(error, Refused):
            return make_error(request, error.status, error.sentence)
        print_line("error", request, error=f"{type(error).__name__}: {error}")
        return make_error(request, 500, "Something broke, and it was us.")
