"""Who is in the house, and what is announced when they leave. Wings may use this file."""

from django.dispatch import Signal

names = {}
checked_out = Signal()


def is_guest(guest):
    return guest in names
