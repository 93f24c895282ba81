"""The wall of lockers, which knows nothing of HTTP. There is nothing to change here."""

import json

parcels = {}


class Refusal(Exception):
    """Something that can't be done."""


class WrongType(Refusal): ...
class Unreadable(Refusal): ...
class BadParcel(Refusal): ...
class NoSuchLocker(Refusal): ...
class Empty(Refusal): ...
class Occupied(Refusal): ...
class Stuck(Refusal): ...


def store(number, content_type, body):
    """Read a parcel from a body, and put it into a locker."""
    if content_type.partition(";")[0].strip().lower() != "application/json":
        raise WrongType
    try:
        parcel = json.loads(body)
    except ValueError:
        raise Unreadable from None
    if not is_parcel(parcel):
        raise BadParcel
    look(number)
    if number in parcels:
        raise Occupied
    parcels[number] = {"name": parcel["name"], "kilos": parcel["kilos"]}
    return parcels[number]


def show(number):
    """Return the parcel in a locker."""
    look(number)
    if number not in parcels:
        raise Empty
    return parcels[number]


def find(name):
    """Return the parcels for a name."""
    return [parcel for parcel in parcels.values() if parcel["name"] == name]


def look(number):
    """Raise an error unless the wall has this locker, and its door opens."""
    if not 1 <= number <= 12:
        raise NoSuchLocker
    if number == 7:
        raise Stuck


def is_parcel(parcel):
    """Tell whether what was read is a parcel."""
    if not isinstance(parcel, dict) or not isinstance(parcel.get("name"), str):
        return False
    return type(parcel.get("kilos")) is int and 1 <= parcel["kilos"] <= 20
