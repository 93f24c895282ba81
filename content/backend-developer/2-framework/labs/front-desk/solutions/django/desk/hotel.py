"""The hotel: its rooms, who stays there, and what was found, in memory."""

import itertools
import threading
from dataclasses import dataclass

ROOMS = {  # the beds of each room, by its number
    101: 1, 102: 2, 103: 2, 104: 3, 105: 1, 106: 2,
    201: 2, 202: 1, 203: 3, 204: 2, 205: 4, 206: 2,
    301: 1, 302: 3, 303: 2, 304: 2, 305: 1, 306: 4,
}


class RoomTaken(Exception):
    """Somebody stays in this room already."""


@dataclass
class Stay:
    id: int
    name: str
    passport: str
    room: int
    keys: int = 0

    def show(self):
        return {"id": self.id, "name": self.name, "room": self.room, "keys": self.keys}


@dataclass
class Find:
    id: int
    what: str
    kind: str
    image: bytes


class Hotel:
    def __init__(self):
        self.stays = {}
        self.finds = {}
        self._lock = threading.Lock()  # the server answers several requests at once
        self._ids = itertools.count(1)

    def list_rooms(self, floor=None, beds=None):
        taken = {stay.room for stay in self.stays.values()}
        rooms = [
            {"number": number, "floor": number // 100, "beds": has, "free": number not in taken}
            for number, has in ROOMS.items()
        ]
        return [
            room
            for room in rooms
            if floor in (None, room["floor"]) and beds in (None, room["beds"])
        ]

    def check_in(self, name, passport, room):
        with self._lock:
            if any(stay.room == room for stay in self.stays.values()):
                raise RoomTaken(f"Room {room} is taken.")
            stay = Stay(next(self._ids), name, passport, room)
            self.stays[stay.id] = stay
        return stay

    def add_keys(self, stay, cards):
        with self._lock:
            stay.keys += cards

    def keep(self, what, kind, image):
        find = Find(next(self._ids), what, kind, image)
        self.finds[find.id] = find
        return find
