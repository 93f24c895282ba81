// The front desk in Express: routes.
import express from "express";
import multer from "multer";
import * as hotel from "./hotel.mjs";
import { Refusal, readCards, readFilter, readNumber, readPhoto, readText } from "./requests.mjs";
import { printSlip, showSlip } from "./slip.mjs";

const app = express();
const upload = multer({ storage: multer.memoryStorage(), limits: { fileSize: 5_000_000 } });

function known(thing, message) {
  if (thing === undefined) throw new Refusal(404, message);
  return thing;
}

app.get("/rooms", (request, response) => {
  response.json({ rooms: hotel.listRooms(readFilter(request.query)) });
});

// Before /rooms/:number, which would take "free" for a number.
app.get("/rooms/free", (request, response) => {
  const { beds } = readFilter(request.query);
  const room = hotel.listRooms({ beds }).find((each) => each.free);
  response.json(known(room, "No such room is free."));
});

app.get("/rooms/:number", (request, response) => {
  const room = hotel.findRoom(Number(request.params.number));
  response.json(known(room, "There is no such room."));
});

app.get("/r/:number", (request, response) => {
  response.redirect(301, `/rooms/${request.params.number}`);
});

app.post("/stays", express.urlencoded(), (request, response) => {
  const name = readText(request.body, "name");
  const passport = readText(request.body, "passport");
  const number = readNumber(readText(request.body, "room"), "room");
  const room = known(hotel.findRoom(number), "There is no such room.");
  if (!room.free) throw new Refusal(409, "This room is taken.");
  const stay = hotel.checkIn({ name, passport, room: number });
  response.redirect(303, `/stays/${stay.id}`);
});

app.get("/stays/:id", (request, response) => {
  const stay = known(hotel.findStay(request.params.id), "There is no such stay.");
  response.format({
    json: () => response.json(showSlip(stay)), // the first one, for who takes anything
    html: () => response.send(printSlip(stay)),
  });
});

app.post("/stays/:id/keys", express.json(), (request, response) => {
  const stay = known(hotel.findStay(request.params.id), "There is no such stay.");
  if (!request.is("application/json")) throw new Refusal(415, "Send the order as JSON.");
  stay.keys += readCards(request.body);
  response.status(201).json(showSlip(stay));
});

const showFind = ({ id, what }) => ({ id, what, photo: `/found/${id}/photo` });

app.post("/found", upload.single("photo"), (request, response) => {
  const what = readText(request.body, "what");
  const find = hotel.keep({ what, ...readPhoto(request.file) });
  response.status(201).location(`/found/${find.id}`).json(showFind(find));
});

app.get("/found/:id", (request, response) => {
  response.json(showFind(known(hotel.findFind(request.params.id), "There is no such find.")));
});

app.get("/found/:id/photo", (request, response) => {
  const { kind, image } = known(hotel.findFind(request.params.id), "There is no such find.");
  response.type(kind).send(image);
});

app.listen(process.env.PORT ?? 8000, "127.0.0.1");
