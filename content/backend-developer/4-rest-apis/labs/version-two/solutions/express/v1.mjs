// Version 1, as the kiosk and the phones know it. It learns nothing new and forgets nothing.
import express from "express";
import * as ferry from "./ferry.mjs";

class Refused extends Error {
  constructor(status, reason) {
    super(reason);
    this.status = status;
  }
}

const show = (booking) => ({
  id: booking.id,
  name: booking.passenger,
  route: `${booking.from}-${booking.to}`,
  seats: booking.seats,
  bike: booking.bikes > 0,
  price: ferry.priceInCents(booking) / 100,
  paid: booking.status === "paid",
});

function get(id) {
  const booking = ferry.bookings.get(id);
  if (booking === undefined) throw new Refused(404, "no such booking");
  return booking;
}

// Read what a client sent. Its `bike` says only whether there are any; `bikes` is how many there were.
function read(body, bikes) {
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw new Refused(400, "the body must be a JSON object");
  }
  const { name, route, seats, bike } = body;
  if (!ferry.isName(name)) throw new Refused(400, "name must be a text of 1 to 80 characters");
  const harbours = typeof route === "string" ? route.split("-") : [];
  if (harbours.length !== 2 || !ferry.isCrossing(...harbours)) {
    throw new Refused(400, "route must be two different harbours, such as Sund-Ask");
  }
  if (!ferry.isWhole(seats, 1, 9)) {
    throw new Refused(400, "seats must be a whole number from 1 to 9");
  }
  if (typeof bike !== "boolean") throw new Refused(400, "bike must be true or false");
  const [from, to] = harbours;
  return { passenger: name, from, to, seats, bikes: bike ? Math.max(bikes, 1) : 0 };
}

export const v1 = express.Router();

v1.post("/bookings", (request, response) => {
  response.json(show(ferry.add(read(request.body, 0))));
});

v1.get("/bookings", (_request, response) => {
  response.json([...ferry.bookings.values()].map(show));
});

v1.get("/bookings/:id", (request, response) => {
  response.json(show(get(request.params.id)));
});

v1.put("/bookings/:id", (request, response) => {
  const booking = get(request.params.id);
  Object.assign(booking, read(request.body, booking.bikes));
  response.json(show(booking));
});

v1.post("/bookings/:id/pay", (request, response) => {
  const booking = get(request.params.id);
  booking.status = "paid";
  response.json(show(booking));
});

// Express knows an error handler by its four parameters.
export function refuse(error, _request, response, _next) {
  const broken = error.type === "entity.parse.failed";
  if (!broken && !(error instanceof Refused)) console.error(error);
  const reason = broken ? "the body must be a JSON object" : error.message;
  response.status(error.status ?? 500).json({ error: reason });
}
