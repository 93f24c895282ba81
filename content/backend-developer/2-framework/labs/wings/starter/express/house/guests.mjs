// Who is in the house, and who wants to know when they leave. Wings may use this file.
export const names = new Map();
export const onCheckOut = [];

export function isGuest(guest) {
  return names.has(guest);
}
