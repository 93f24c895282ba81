// The addresses of the library.
import express from "express";

import { isGuest } from "../../house/guests.mjs";
import { Refused } from "../../house/refused.mjs";
import { lent } from "./loans.mjs";
import { BOOKS } from "./shelf.mjs";

export const router = express.Router();

function readNumber(request) {
  const number = Number(request.params.number);
  if (!BOOKS.has(number)) throw new Refused(404, "There is no such book.");
  return number;
}

function showBook(number) {
  const [title, year] = BOOKS.get(number);
  return { number, title, year, lent: lent.has(number) };
}

router.get("/books/newest", (_request, response) => {
  const byYear = [...BOOKS].sort(([, [, one]], [, [, other]]) => other - one);
  response.json(showBook(byYear[0][0]));
});

router.get("/books/:number", (request, response) => {
  response.json(showBook(readNumber(request)));
});

router.put("/loans/:number", express.json(), (request, response) => {
  const number = readNumber(request);
  const guest = request.body?.guest;
  if (guest === undefined) throw new Refused(400, "A loan has a `guest`.");
  if (!isGuest(guest)) throw new Refused(404, "No such guest is in the house.");
  if (lent.has(number) && lent.get(number) !== guest) {
    throw new Refused(409, "Somebody else reads this book.");
  }
  lent.set(number, guest);
  response.sendStatus(204);
});
