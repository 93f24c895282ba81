// The bookings of the ferry, in memory, and what a client of version 1 may send.
const HARBOURS = ["Sund", "Ask", "Holm", "Vik"];
const SEAT_CENTS = 1250;
const BIKE_CENTS = 425;

export class Refused extends Error {
  constructor(status, reason) {
    super(reason);
    this.status = status;
  }
}

export const bookings = new Map();

export function add(fields) {
  const id = `k${bookings.size + 1}`;
  const booking = { id, ...withPrice(fields), paid: false };
  bookings.set(id, booking);
  return booking;
}

export function get(id) {
  const booking = bookings.get(id);
  if (booking === undefined) throw new Refused(404, "no such booking");
  return booking;
}

export function withPrice(fields) {
  const cents = fields.seats * SEAT_CENTS + (fields.bike ? BIKE_CENTS : 0);
  return { ...fields, price: cents / 100 };
}

export function readBooking(body) {
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw new Refused(400, "the body must be a JSON object");
  }
  const { name, route, seats, bike } = body;
  if (typeof name !== "string" || name.trim() === "" || [...name].length > 80) {
    throw new Refused(400, "name must be a text of 1 to 80 characters");
  }
  if (!isRoute(route)) {
    throw new Refused(400, "route must be two different harbours, such as Sund-Ask");
  }
  if (!Number.isInteger(seats) || seats < 1 || seats > 9) {
    throw new Refused(400, "seats must be a whole number from 1 to 9");
  }
  if (typeof bike !== "boolean") throw new Refused(400, "bike must be true or false");
  return { name, route, seats, bike };
}

function isRoute(route) {
  const harbours = typeof route === "string" ? route.split("-") : [];
  const known = harbours.every((each) => HARBOURS.includes(each));
  return harbours.length === 2 && known && harbours[0] !== harbours[1];
}
