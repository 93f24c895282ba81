// Who is in the house, and who wants to know when they leave. Wings may use this file.
const names = new Map();
export const onCheckOut = [];
let last = 0;

export function isGuest(guest) {
  return names.has(guest);
}

export function checkIn(name) {
  last += 1;
  names.set(last, name);
  return last;
}

export function checkOut(guest) {
  names.delete(guest);
  for (const tell of onCheckOut) tell(guest);
}
