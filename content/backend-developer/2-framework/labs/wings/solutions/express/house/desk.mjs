// The routes at which guests come and go.
import express from "express";

import { checkIn, checkOut, isGuest } from "./guests.mjs";
import { Refused } from "./refused.mjs";

export const router = express.Router();

router.post("/guests", express.json(), (request, response) => {
  const name = request.body?.name;
  if (typeof name !== "string") throw new Refused(400, "A guest has a `name`.");
  response.status(201).json({ id: checkIn(name), name });
});

router.delete("/guests/:guest", (request, response) => {
  const guest = Number(request.params.guest);
  if (!isGuest(guest)) throw new Refused(404, "No such guest is in the house.");
  checkOut(guest);
  response.sendStatus(204);
});
