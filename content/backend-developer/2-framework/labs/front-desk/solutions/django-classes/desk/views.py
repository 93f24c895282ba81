"""Requests and answers, with a class for each address."""

import json

from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse, JsonResponse
from django.urls import reverse
from django.views import View
from django.views.generic import RedirectView, TemplateView

from desk import hotel


def read_number(text):
    try:
        return int(text)
    except (TypeError, ValueError):
        raise BadRequest(f"{text!r} is no whole number.") from None


def read_text(fields, name):
    text = fields.get(name, "").strip()
    if not text:
        raise BadRequest(f"{name} is missing.")
    return text


def get_or_404(things, key):
    try:
        return things[str(key)]
    except KeyError:
        raise Http404 from None


def filter_rooms(query):
    rooms = map(hotel.show_room, hotel.BEDS)
    for name in ("floor", "beds"):
        if name in query:
            wanted = read_number(query[name])
            rooms = [room for room in rooms if room[name] == wanted]
    return list(rooms)


class RoomList(View):
    def get(self, request):
        return JsonResponse({"rooms": filter_rooms(request.GET)})


class FreeRoom(View):
    def get(self, request):
        room = next((room for room in filter_rooms(request.GET) if room["free"]), None)
        if room is None:
            raise Http404
        return JsonResponse(room)


class RoomDetail(View):
    def get(self, request, number):
        if number not in hotel.BEDS:
            raise Http404
        return JsonResponse(hotel.show_room(number))


class Sign(RedirectView):
    permanent = True
    pattern_name = "room"


class StayList(View):
    def post(self, request):
        name, passport = read_text(request.POST, "name"), read_text(request.POST, "passport")
        number = read_number(request.POST.get("room"))
        if number not in hotel.BEDS:
            raise BadRequest(f"There is no room {number}.")
        stay = hotel.check_in(name, passport, number)
        if stay is None:
            return HttpResponse("This room is taken.", status=409)
        return HttpResponse(status=303, headers={"Location": reverse("stay", args=[stay["id"]])})


class StayDetail(TemplateView):
    template_name = "slip.html"

    def get(self, request, stay_id):
        stay = get_or_404(hotel.STAYS, stay_id)
        if "text/html" in request.headers.get("Accept", ""):
            return self.render_to_response({"stay": stay})
        return JsonResponse(stay)


class Keys(View):
    def post(self, request, stay_id):
        stay = get_or_404(hotel.STAYS, stay_id)
        if request.content_type != "application/json":
            return HttpResponse("Send JSON.", status=415)
        try:
            cards = json.loads(request.body)["cards"]
        except (ValueError, TypeError, KeyError):
            raise BadRequest("This is no order.") from None
        if type(cards) is not int or cards not in range(1, 5):
            raise BadRequest("1 to 4 key cards can be ordered.")
        stay["keys"] += cards
        return JsonResponse(stay, status=201)


def show_find(find):
    photo = reverse("photo", args=[find["id"]])
    return {"id": find["id"], "what": find["what"], "photo": photo}


class FindList(View):
    def post(self, request):
        what, photo = read_text(request.POST, "what"), request.FILES.get("photo")
        if photo is None:
            raise BadRequest("photo is missing.")
        if photo.content_type not in ("image/png", "image/jpeg"):
            return HttpResponse("A photo is a PNG or a JPEG.", status=415)
        find = hotel.keep(what, photo.content_type, photo.read())
        where = reverse("find", args=[find["id"]])
        return JsonResponse(show_find(find), status=201, headers={"Location": where})


class FindDetail(View):
    def get(self, request, find_id):
        return JsonResponse(show_find(get_or_404(hotel.FINDS, find_id)))


class Photo(View):
    def get(self, request, find_id):
        find = get_or_404(hotel.FINDS, find_id)
        return HttpResponse(find["image"], content_type=find["kind"])
