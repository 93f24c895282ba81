"""Turn titles of articles into the last part of their addresses."""


def to_slug(title):
    """Return a title as small words with hyphens between them."""
    return title


def choose_slug(title, taken):
    """Return a slug for a title that is not in the list `taken`."""
    return to_slug(title)
