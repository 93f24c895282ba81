"""Counts words."""


def count_words(text):
    """Return how many words a text has."""
    return len(text.split())
