"""Counts words, once it is written."""


def count_words(text):
    """Return how many words a text has."""
    return -1
