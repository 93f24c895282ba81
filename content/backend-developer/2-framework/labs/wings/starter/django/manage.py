"""Starts the service: `python manage.py runserver --noreload 8000`.

On your machine: pip install django
"""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "house.settings")
    execute_from_command_line(sys.argv)
