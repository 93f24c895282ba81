"""The hotel: its rooms, who stays there, and what was found, in memory."""

import itertools
from dataclasses import dataclass, field

BEDS = {  # of each room, by its number
    101: 1, 102: 2, 103: 2, 104: 3, 105: 1, 106: 2,
    201: 2, 202: 1, 203: 3, 204: 2, 205: 4, 206: 2,
    301: 1, 302: 3, 303: 2, 304: 2, 305: 1, 306: 4,
}

stay_ids = itertools.count(1)
find_ids = itertools.count(1)


@dataclass
class Stay:
    name: str
    passport: str
    room: int
    keys: int = 0
    id: int = field(default_factory=lambda: next(stay_ids))


@dataclass
class Find:
    what: str
    kind: str
    image: bytes
    id: int = field(default_factory=lambda: next(find_ids))

    @property
    def photo(self) -> str:
        return f"/found/{self.id}/photo"


@dataclass
class Room:
    number: int
    beds: int

    @property
    def floor(self) -> int:
        return self.number // 100

    @property
    def free(self) -> bool:
        return all(stay.room != self.number for stay in stays.values())


rooms = {number: Room(number, beds) for number, beds in BEDS.items()}
stays: dict[int, Stay] = {}
finds: dict[int, Find] = {}


def list_rooms(floor: int | None, beds: int | None) -> list[Room]:
    return [
        room
        for room in rooms.values()
        if floor in (None, room.floor) and beds in (None, room.beds)
    ]
