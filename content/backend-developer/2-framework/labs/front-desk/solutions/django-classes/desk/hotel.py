"""The hotel, in memory: rooms, stays under their ids, and finds under theirs."""

from uuid import uuid4

BEDS = {  # of each room, by its number
    101: 1, 102: 2, 103: 2, 104: 3, 105: 1, 106: 2,
    201: 2, 202: 1, 203: 3, 204: 2, 205: 4, 206: 2,
    301: 1, 302: 3, 303: 2, 304: 2, 305: 1, 306: 4,
}
TAKEN = {}  # who is in which room
STAYS = {}
FINDS = {}


def show_room(number):
    return {
        "number": number,
        "floor": number // 100,
        "beds": BEDS[number],
        "free": number not in TAKEN,
    }


def check_in(name, passport, number):
    """Give a room to a guest; return None if somebody has it already."""
    stay = {"id": str(uuid4()), "name": name, "room": number, "keys": 0}
    # `setdefault` is one step, also where two requests run at once.
    if TAKEN.setdefault(number, (stay["id"], passport))[0] != stay["id"]:
        return None
    STAYS[stay["id"]] = stay
    return stay


def keep(what, kind, image):
    find_id = str(uuid4())
    FINDS[find_id] = {"id": find_id, "what": what, "kind": kind, "image": image}
    return FINDS[find_id]
