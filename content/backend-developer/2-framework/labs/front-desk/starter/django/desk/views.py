"""Requests and answers. The brief says what the front desk must do."""

from django.http import JsonResponse

from desk.hotel import BEDS


def list_rooms(request):
    return JsonResponse({"rooms": list(BEDS)})  # only their numbers so far
