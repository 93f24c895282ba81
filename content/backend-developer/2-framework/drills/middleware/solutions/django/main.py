"""A hotel. On your machine: python main.py runserver --noreload 8000"""

import re
from uuid import uuid4

import project
from django.http import JsonResponse

MIDDLEWARE = ["main.give_id", "main.close_pool"]


def give_id(get_response):
    def middleware(request):
        given = request.headers.get("X-Request-ID", "")
        request.id = given if re.fullmatch(r"[A-Za-z0-9-]{1,64}", given) else str(uuid4())
        response = get_response(request)
        response["X-Request-ID"] = request.id
        return response

    return middleware


def close_pool(get_response):
    def middleware(request):
        if request.path == "/pool":
            return JsonResponse({"detail": "Closed."}, status=503)
        return get_response(request)

    return middleware


urlpatterns = project.ROUTES
project.configure(MIDDLEWARE)

if __name__ == "__main__":
    project.start()
