// Version 2: every fact has a place of its own, and money is no fraction.
import express from "express";
import * as z from "zod";
import * as ferry from "./ferry.mjs";
import { Problem } from "./problems.mjs";

const NewBooking = z
  .object({
    passenger: z.string().refine(ferry.isName),
    from: z.enum(ferry.HARBOURS),
    to: z.enum(ferry.HARBOURS),
    seats: z.int().min(1).max(9),
    bikes: z.int().min(0).max(9).default(0),
    phone: z.string().min(3).max(20).nullable().default(null),
  })
  .refine(({ from, to }) => from !== to, "`from` and `to` are the same harbour");

const Change = z.object({ status: z.enum(["open", "paid", "refunded"]) });

function read(schema, body) {
  const { data, error } = schema.safeParse(body);
  if (error) throw new Problem(422, error.issues[0].message);
  return data;
}

function show(booking) {
  const amount = (ferry.priceInCents(booking) / 100).toFixed(2);
  return {
    id: booking.id,
    passenger: booking.passenger,
    from: booking.from,
    to: booking.to,
    seats: booking.seats,
    bikes: booking.bikes,
    phone: booking.phone,
    price: { amount, currency: "EUR" },
    status: booking.status,
  };
}

function get(id) {
  const booking = ferry.bookings.get(id);
  if (booking === undefined) throw new Problem(404, "There is no such booking.");
  return booking;
}

export const v2 = express.Router();

v2.post("/bookings", (request, response) => {
  const booking = ferry.add(read(NewBooking, request.body));
  response.status(201).location(`/v2/bookings/${booking.id}`).json(show(booking));
});

v2.get("/bookings", (_request, response) => {
  response.json({ items: [...ferry.bookings.values()].map(show) });
});

v2.get("/bookings/:id", (request, response) => {
  response.json(show(get(request.params.id)));
});

v2.patch("/bookings/:id", (request, response) => {
  const booking = get(request.params.id);
  booking.status = read(Change, request.body).status;
  response.json(show(booking));
});
