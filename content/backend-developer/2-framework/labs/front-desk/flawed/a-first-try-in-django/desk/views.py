"""Requests and answers."""

import json

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render

from desk.hotel import ROOMS

STAYS = {}
FOUND = {}


def room(number):
    taken = [stay["room"] for stay in STAYS.values()]
    return {
        "number": number,
        "floor": number // 100,
        "beds": ROOMS[number],
        "free": number not in taken,
    }


def list_rooms(request):
    rooms = [room(number) for number in ROOMS]
    try:
        if "floor" in request.GET:
            rooms = [each for each in rooms if each["floor"] == int(request.GET["floor"])]
        if "beds" in request.GET:
            rooms = [each for each in rooms if each["beds"] == int(request.GET["beds"])]
    except ValueError:
        return HttpResponse("Not a number", status=400)
    return JsonResponse({"rooms": rooms})


def find_free_room(request):
    beds = request.GET.get("beds")
    for number in ROOMS:
        if room(number)["free"] and (beds is None or ROOMS[number] == int(beds)):
            return JsonResponse(room(number))
    raise Http404


def show_room(request, number):
    if number not in ROOMS:
        raise Http404
    return JsonResponse(room(number))


def follow_sign(request, number):
    return redirect(f"/rooms/{number}")


def check_in(request):
    try:
        name, passport = request.POST["name"], request.POST["passport"]
        number = int(request.POST["room"])
    except (KeyError, ValueError):
        return HttpResponse("Something is missing", status=400)
    if number not in ROOMS:
        raise Http404
    if not room(number)["free"]:
        return HttpResponse("Taken", status=409)
    stay_id = len(STAYS) + 1
    STAYS[stay_id] = {
        "id": stay_id,
        "name": name,
        "passport": passport,
        "room": number,
        "keys": 0,
    }
    return redirect(f"/stays/{stay_id}")


def show_slip(request, stay_id):
    if stay_id not in STAYS:
        raise Http404
    stay = STAYS[stay_id]
    if "text/html" in request.headers.get("Accept", ""):
        return render(request, "slip.html", {"stay": stay})
    return JsonResponse(stay)


def order_keys(request, stay_id):
    if stay_id not in STAYS:
        raise Http404
    try:
        cards = json.loads(request.body)["cards"]
    except (ValueError, KeyError):
        return HttpResponse("No order", status=400)
    if cards not in (1, 2, 3, 4):
        return HttpResponse("From 1 to 4", status=400)
    STAYS[stay_id]["keys"] += cards
    return JsonResponse(STAYS[stay_id], status=201)


def keep_find(request):
    what, photo = request.POST.get("what"), request.FILES.get("photo")
    if not what or not photo:
        return HttpResponse("Something is missing", status=400)
    if photo.content_type not in ("image/png", "image/jpeg"):
        return HttpResponse("No photo", status=415)
    find_id = len(FOUND) + 1
    FOUND[find_id] = (what, photo.content_type, photo.read())
    return JsonResponse(describe(find_id), status=201, headers={"Location": f"/found/{find_id}"})


def describe(find_id):
    if find_id not in FOUND:
        raise Http404
    return {"id": find_id, "what": FOUND[find_id][0], "photo": f"/found/{find_id}/photo"}


def show_find(request, find_id):
    return JsonResponse(describe(find_id))


def show_photo(request, find_id):
    describe(find_id)
    return HttpResponse(FOUND[find_id][2], content_type=FOUND[find_id][1])
