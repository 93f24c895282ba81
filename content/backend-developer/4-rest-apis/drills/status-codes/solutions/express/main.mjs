// A wall of parcel lockers. On your machine: node main.mjs
import express from "express";

import { find, show, store } from "./lockers.mjs";

const STATUSES = {
  Unreadable: 400,
  NoSuchLocker: 404,
  Empty: 404,
  Occupied: 409,
  WrongType: 415,
  BadParcel: 422,
  Stuck: 503,
};

const app = express();
app.use(express.text({ type: () => true }));

app.put("/lockers/:number", (request, response) => {
  const type = request.get("Content-Type") ?? "";
  const parcel = store(Number(request.params.number), type, request.body);
  response.status(201).json(parcel);
});

app.get("/lockers/:number", (request, response) => {
  response.json(show(Number(request.params.number)));
});

app.get("/parcels", (request, response) => {
  response.json({ parcels: find(request.query.name) });
});

app.use((error, request, response, next) => {
  response.status(STATUSES[error.name] ?? 500).json({ error: error.name });
});

app.listen(process.env.PORT ?? 8000, "127.0.0.1");
