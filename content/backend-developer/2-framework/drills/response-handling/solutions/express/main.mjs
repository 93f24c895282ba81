// The guests of a hotel. On your machine: node main.mjs
import express from "express";

import { guests } from "./records.mjs";

const show = ({ number, name, room }) => ({ number, name, room });

const app = express();
app.use(express.json());

app.param("number", (request, response, next, text) => {
  request.guest = guests.get(Number(text));
  if (!request.guest) return response.status(404).json({ detail: "There is no such guest." });
  next();
});

app.get("/guests/:number", (request, response) => {
  response.json(show(request.guest));
});

app.get("/guests", (request, response) => {
  response.json({ guests: [...guests.values()].map(show) });
});

app.post("/guests", (request, response) => {
  const number = Math.max(0, ...guests.keys()) + 1;
  guests.set(number, { number, ...request.body });
  response.status(201).location(`/guests/${number}`).json(show(guests.get(number)));
});

app.delete("/guests/:number", (request, response) => {
  guests.delete(request.guest.number);
  response.status(204).end();
});

app.listen(process.env.PORT ?? 8000, "127.0.0.1");
