"""The books API. The brief says what it must do.

On your machine: pip install django, then python manage.py runserver --noreload 8000
"""

import sys

from django.conf import settings
from django.core.management import execute_from_command_line
from django.http import JsonResponse
from django.urls import path

settings.configure(SECRET_KEY="only signs nothing here", ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__)


def list_books(request):
    return JsonResponse({"items": [], "next": None})


urlpatterns = [path("books", list_books)]

if __name__ == "__main__":
    execute_from_command_line(sys.argv)
