"""Settings of the hotel's service: the hotel's own from the environment, and Django's."""

import os
import sys

from house.wings import find_names


def read_hotel(environment, wings):
    """Return the hotel's name and its open wings; end the start where a setting does not fit."""
    hotel = environment.get("HOTEL_NAME", "")
    closed = {name for name in environment.get("CLOSED_WINGS", "").split(",") if name}
    if not hotel:
        sys.exit("The hotel can't open: HOTEL_NAME is missing.")
    if unknown := closed.difference(wings):
        sys.exit(f"The hotel can't open: CLOSED_WINGS names {', '.join(unknown)}, and there is no such wing.")
    return hotel, [name for name in wings if name not in closed]


HOTEL, OPEN_WINGS = read_hotel(os.environ, find_names())

SECRET_KEY = "signs nothing here"
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "house.urls"
INSTALLED_APPS = [f"wings.{name}" for name in OPEN_WINGS]
# Without CsrfViewMiddleware: nobody signs in here, so no request can be sent in somebody's name.
MIDDLEWARE = ["house.rules.HouseRules"]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
USE_TZ = True
