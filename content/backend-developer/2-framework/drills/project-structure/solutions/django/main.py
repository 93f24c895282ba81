"""A hotel's late check-out. Try it: python main.py runserver"""

import project  # Django's settings

from django.http import JsonResponse
from django.urls import path
from rules import late_fee


def show_quote(request, hour):
    return JsonResponse({"euros": late_fee(hour)})


def show_bill(request, hour):
    return JsonResponse({"euros": late_fee(hour)})


urlpatterns = [path("quotes/<int:hour>", show_quote), path("bills/<int:hour>", show_bill)]

if __name__ == "__main__":
    project.start()
