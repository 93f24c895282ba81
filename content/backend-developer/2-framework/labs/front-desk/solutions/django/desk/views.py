"""Requests and answers."""

import json

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST
from django.views.decorators.vary import vary_on_headers

from desk import forms
from desk.hotel import Hotel, RoomTaken

PHOTOS = {"image/png", "image/jpeg"}
hotel = Hotel()


@require_GET
def list_rooms(request):
    form = forms.RoomFilter(request.GET)
    if not form.is_valid():
        return refuse_form(form)
    return JsonResponse({"rooms": hotel.list_rooms(**form.cleaned_data)})


@require_GET
def find_free_room(request):
    form = forms.RoomFilter(request.GET)
    if not form.is_valid():
        return refuse_form(form)
    for room in hotel.list_rooms(beds=form.cleaned_data["beds"]):
        if room["free"]:
            return JsonResponse(room)
    raise Http404("No such room is free.")


@require_GET
def show_room(request, number):
    for room in hotel.list_rooms():
        if room["number"] == number:
            return JsonResponse(room)
    raise Http404(f"There is no room {number}.")


@require_GET
def follow_sign(request, number):
    return redirect("room", number, permanent=True)


@require_POST
def check_in(request):
    form = forms.CheckIn(request.POST)
    if not form.is_valid():
        return refuse_form(form)
    try:
        stay = hotel.check_in(**form.cleaned_data)
    except RoomTaken as error:
        return refuse(str(error), status=409)
    return redirect("slip", stay.id)


@require_GET
@vary_on_headers("Accept")
def show_slip(request, stay_id):
    stay = get_stay(stay_id)
    if request.get_preferred_type(["application/json", "text/html"]) == "text/html":
        return render(request, "slip.html", {"stay": stay})
    return JsonResponse(stay.show())


@require_POST
def order_keys(request, stay_id):
    stay = get_stay(stay_id)
    if request.content_type != "application/json":
        return refuse("Send the order as application/json.", status=415)
    try:
        body = json.loads(request.body)
    except ValueError:
        return refuse("The body is not JSON.", status=400)
    form = forms.KeyOrder(body if isinstance(body, dict) else {})
    if not form.is_valid():
        return refuse_form(form)
    hotel.add_keys(stay, form.cleaned_data["cards"])
    return JsonResponse(stay.show(), status=201)


@require_POST
def keep_find(request):
    form = forms.Find(request.POST, request.FILES)
    if not form.is_valid():
        return refuse_form(form)
    photo = form.cleaned_data["photo"]
    if photo.content_type not in PHOTOS:
        return refuse("A photo is a PNG or a JPEG.", status=415)
    find = hotel.keep(form.cleaned_data["what"], photo.content_type, photo.read())
    return JsonResponse(
        describe_find(find), status=201, headers={"Location": reverse("find", args=[find.id])}
    )


@require_GET
def show_find(request, find_id):
    return JsonResponse(describe_find(get_find(find_id)))


@require_GET
def show_photo(request, find_id):
    find = get_find(find_id)
    return HttpResponse(find.image, content_type=find.kind)


def describe_find(find):
    return {"id": find.id, "what": find.what, "photo": reverse("photo", args=[find.id])}


def get_stay(stay_id):
    if stay_id not in hotel.stays:
        raise Http404(f"There is no stay {stay_id}.")
    return hotel.stays[stay_id]


def get_find(find_id):
    if find_id not in hotel.finds:
        raise Http404(f"There is no find {find_id}.")
    return hotel.finds[find_id]


def refuse(message, status):
    return JsonResponse({"error": message}, status=status)


def refuse_form(form):
    return JsonResponse({"errors": form.errors.get_json_data()}, status=400)
