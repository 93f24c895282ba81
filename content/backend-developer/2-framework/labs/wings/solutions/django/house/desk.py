"""The views at which guests come and go."""

from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_http_methods

from house import guests
from house.bodies import Refused, read_fields


@require_http_methods(["POST"])
def check_in(request):
    [name] = read_fields(request, name=str)
    return JsonResponse({"id": guests.check_in(name), "name": name}, status=201)


@require_http_methods(["DELETE"])
def check_out(request, guest):
    if not guests.is_guest(guest):
        raise Refused(404, "No such guest is in the house.")
    guests.check_out(guest)
    return HttpResponse(status=204)
