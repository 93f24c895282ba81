// The guests of a hotel. On your machine: node main.mjs
import express from "express";

import { guests } from "./records.mjs";

const app = express();
app.use(express.json());

app.get("/guests/:number", (request, response) => {
  response.json(guests.get(Number(request.params.number)));
});

app.get("/guests", (request, response) => {
  response.json({ guests: [...guests.values()] });
});

app.post("/guests", (request, response) => {
  const number = Math.max(0, ...guests.keys()) + 1;
  guests.set(number, { number, ...request.body });
  response.json(guests.get(number));
});

app.listen(process.env.PORT ?? 8000, "127.0.0.1");
