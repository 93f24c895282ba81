// The hotel itself: rooms, bookings, a lift and a bell. There is nothing to change here.
import express from "express";

const LAST_ROOM = 40;

export const router = express.Router();
const bookings = new Map();
const bells = [];

/** The hotel says no, with a status and a sentence for the guest. */
export class Refused extends Error {
  constructor(status, sentence) {
    super(sentence);
    this.status = status;
    this.sentence = sentence;
  }
}

function requireRoom(number) {
  if (!Number.isInteger(number) || number < 1 || number > LAST_ROOM) {
    throw new Refused(404, `There is no room ${number}.`);
  }
}

router.get("/rooms/:number", (request, response) => {
  const number = Number(request.params.number);
  requireRoom(number);
  response.json({ room: number, taken: bookings.has(number) });
});

router.post("/bookings", express.json({ limit: "2mb" }), (request, response) => {
  const { room, name } = request.body ?? {};
  if (typeof room !== "number" || typeof name !== "string") {
    throw new Refused(400, "A booking is JSON with a room and a name.");
  }
  requireRoom(room);
  if (bookings.has(room)) throw new Refused(409, `Room ${room} is taken.`);
  bookings.set(room, name);
  response.status(201).json({ room, name });
});

router.get("/lift/:floor", (request) => {
  throw new Error(`motor-${7000 + Number(request.params.floor)} does not answer`);
});

router.get("/bell", async (_request, response) => {
  await new Promise((resolve) => bells.push(resolve));
  response.json({ heard: true });
});

router.post("/bell", (_request, response) => {
  const heard = bells.length;
  for (const ring of bells.splice(0)) ring();
  response.json({ heard });
});

router.get("/bell/waiting", (_request, response) => {
  response.json({ waiting: bells.length });
});
