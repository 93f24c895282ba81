// A wing that the checks put beside the learner's. NAME and TITLE are filled in.
import express from "express";

import { isGuest, onCheckOut } from "../../house/guests.mjs";

export const title = "@TITLE@";
export const router = express.Router();
const heard = [];
onCheckOut.push((guest) => heard.push(guest));

router.get("/echo/:word", (request, response) => {
  response.json({ wing: "@NAME@", word: request.params.word });
});

router.post("/notes", express.json(), (request, response) => {
  response.status(201).json(request.body);
});

router.post("/asked", express.json(), (request, response) => {
  response.json({ known: isGuest(request.body.guest) });
});

router.get("/heard", (_request, response) => {
  response.json({ heard });
});

router.get("/broken/:pipe", (request) => {
  throw new Error(`pipe-${7000 + Number(request.params.pipe)} has burst`);
});
