"""What Django needs around the routes. There is nothing to change here."""

import sys

from django.conf import settings
from django.core.management import execute_from_command_line

settings.configure(
    SECRET_KEY="only signs nothing here", ALLOWED_HOSTS=["*"], ROOT_URLCONF="main"
)


def start():
    execute_from_command_line(sys.argv)
