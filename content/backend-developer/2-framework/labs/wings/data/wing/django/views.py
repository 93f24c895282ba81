import json

from django.http import HttpResponse, JsonResponse
from django.template.loader import render_to_string
from house.guests import is_guest

heard = []


def hear(sender, guest, **more):
    heard.append(guest)


def echo(request, word):
    # The template lies in this wing, and is found because the wing is an installed app.
    answer = render_to_string("@NAME@/echo.json", {"word": word})
    return HttpResponse(answer, content_type="application/json")


def note(request):
    return JsonResponse(json.loads(request.body), status=201)


def ask(request):
    return JsonResponse({"known": is_guest(json.loads(request.body)["guest"])})


def list_heard(request):
    return JsonResponse({"heard": heard})


def burst(request, pipe):
    raise RuntimeError(f"pipe-{7000 + pipe} has burst")
