"""Who is in the house, and what is announced when they leave. Wings may use this file."""

from itertools import count

from django.dispatch import Signal

ids = count(1)
names = {}
checked_out = Signal()


def is_guest(guest):
    return guest in names


def check_in(name):
    guest = next(ids)
    names[guest] = name
    return guest


def check_out(guest):
    del names[guest]
    checked_out.send(sender="house", guest=guest)
