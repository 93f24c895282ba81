"""A hotel's late check-out. Try it: python main.py runserver"""

import project  # Django's settings

from django.http import JsonResponse
from django.urls import path


def show_quote(request, hour):
    return JsonResponse({"euros": max(0, hour - 11) * 10})


def show_bill(request, hour):
    return JsonResponse({"euros": max(0, hour - 12) * 10})


urlpatterns = [path("quotes/<int:hour>", show_quote), path("bills/<int:hour>", show_bill)]

if __name__ == "__main__":
    project.start()
