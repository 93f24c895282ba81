"""Starts the service: `python manage.py runserver --noreload 8000`."""

import sys

from django.conf import settings
from django.core.management import execute_from_command_line

settings.configure(
    SECRET_KEY="only signs nothing here",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF="urls",
    MIDDLEWARE=["refusals.RefusalMiddleware"],
    USE_TZ=True,
)

if __name__ == "__main__":
    execute_from_command_line(sys.argv)
