"""Turn titles of articles into the last part of their addresses."""

import re


def to_slug(title):
    """Return a title as small words with hyphens between them."""
    return "-".join(re.findall("[a-z0-9]+", title.lower()))


def choose_slug(title, taken):
    """Return a slug for a title that is not in the list `taken`."""
    slug = to_slug(title)
    number = 2
    free = slug
    while free in taken:
        free = f"{slug}-{number}"
        number += 1
    return free
