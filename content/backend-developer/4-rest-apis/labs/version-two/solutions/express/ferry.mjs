// The bookings of the ferry, in memory. Each has one record; versions are ways to look at it.
export const HARBOURS = ["Sund", "Ask", "Holm", "Vik"];
const SEAT_CENTS = 1250;
const BIKE_CENTS = 425;

export const bookings = new Map();

export function add(fields) {
  const id = `k${bookings.size + 1}`;
  const booking = { phone: null, ...fields, id, status: "open" };
  bookings.set(id, booking);
  return booking;
}

export const priceInCents = ({ seats, bikes }) => seats * SEAT_CENTS + bikes * BIKE_CENTS;

export const isName = (value) =>
  typeof value === "string" && value.trim() !== "" && [...value].length <= 80;

export const isWhole = (value, least, most) =>
  Number.isInteger(value) && value >= least && value <= most;

export const isCrossing = (from, to) =>
  HARBOURS.includes(from) && HARBOURS.includes(to) && from !== to;
