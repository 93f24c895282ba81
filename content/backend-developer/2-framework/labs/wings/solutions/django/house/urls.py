"""The addresses: the house's own, and each open wing below its name."""

from django.conf import settings
from django.http import JsonResponse
from django.urls import include, path
from django.views.decorators.http import require_GET

from house import desk
from house.wings import show_wing


@require_GET
def list_wings(request):
    wings = [show_wing(name) for name in settings.OPEN_WINGS]
    return JsonResponse({"hotel": settings.HOTEL, "wings": wings})


urlpatterns = [
    path("wings", list_wings),
    path("guests", desk.check_in),
    path("guests/<int:guest>", desk.check_out),
    *(path(f"{name}/", include(f"wings.{name}.urls")) for name in settings.OPEN_WINGS),
]
