"""Who gets an egg in the morning."""

from django.http import JsonResponse
from django.urls import path

eggs = []


def list_breakfasts(request):
    return JsonResponse(eggs, safe=False)


urlpatterns = [path("breakfasts", list_breakfasts)]
