"""The wings as they are found: every folder in `wings` that has an entry."""

from collections import Counter
from pathlib import Path

from django.apps import apps
from django.conf import settings

WINGS = Path(__file__).parent.parent / "wings"
visits = Counter()


def find_names():
    return sorted(entry.parent.name for entry in WINGS.glob("*/apps.py"))


def show_wing(name):
    title = apps.get_app_config(name).verbose_name
    return {"name": name, "title": title, "visits": visits[name]}


def count_visit(path):
    name = path.split("/")[1]
    if name in settings.OPEN_WINGS:
        visits[name] += 1
