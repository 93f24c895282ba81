// The hotel: its rooms, who stays there, and what was found, in memory.

// The beds of each room, by its number.
const BEDS = new Map([
  [101, 1], [102, 2], [103, 2], [104, 3], [105, 1], [106, 2],
  [201, 2], [202, 1], [203, 3], [204, 2], [205, 4], [206, 2],
  [301, 1], [302, 3], [303, 2], [304, 2], [305, 1], [306, 4],
]);

const stays = new Map();
const finds = new Map();

const isFree = (number) => [...stays.values()].every((stay) => stay.room !== number);

export function listRooms({ floor, beds } = {}) {
  return [...BEDS]
    .map(([number, has]) => ({
      number,
      floor: Math.floor(number / 100),
      beds: has,
      free: isFree(number),
    }))
    .filter((room) => floor === undefined || room.floor === floor)
    .filter((room) => beds === undefined || room.beds === beds);
}

export const findRoom = (number) => listRooms().find((room) => room.number === number);

export function checkIn({ name, passport, room }) {
  const stay = { id: stays.size + 1, name, passport, room, keys: 0 };
  stays.set(stay.id, stay);
  return stay;
}

export const findStay = (id) => stays.get(Number(id));

export function keep({ what, kind, image }) {
  const find = { id: finds.size + 1, what, kind, image };
  finds.set(find.id, find);
  return find;
}

export const findFind = (id) => finds.get(Number(id));
