// The addresses of the boathouse.
import express from "express";

import { isGuest } from "../../house/guests.mjs";
import { Refused } from "../../house/refused.mjs";
import { SEATS } from "./fleet.mjs";
import { price } from "./prices.mjs";
import { taken } from "./rides.mjs";

export const router = express.Router();

router.get("/fleet", (request, response) => {
  const { seats } = request.query;
  if (seats !== undefined && !/^\d+$/.test(seats)) {
    throw new Refused(400, "`seats` is a whole number.");
  }
  const boats = [...SEATS].map(([number, has]) => ({ number, seats: has, free: !taken.has(number) }));
  response.json({ boats: boats.filter((boat) => seats === undefined || boat.seats === Number(seats)) });
});

router.post("/rides", express.json(), (request, response) => {
  const { guest, boat, hours } = request.body ?? {};
  if (!Number.isInteger(hours) || hours < 1 || hours > 8) {
    throw new Refused(400, "A boat is out for 1 to 8 hours.");
  }
  if (guest === undefined || boat === undefined) {
    throw new Refused(400, "A ride has a `guest` and a `boat`.");
  }
  if (!isGuest(guest)) throw new Refused(404, "No such guest is in the house.");
  if (!SEATS.has(boat)) throw new Refused(404, "There is no such boat.");
  if (taken.has(boat)) throw new Refused(409, "This boat is out.");
  taken.set(boat, guest);
  response.status(201).json({ guest, boat, hours, euros: price(hours) });
});
