// A jukebox. On your machine: node main.mjs
import express from "express";

const app = express();
app.use(express.json());
const slots = new Map();
const plays = [];
const playsByKey = new Map();

const NOTHING = { title: null, artist: null, year: null };

function mustBeThere(request, response, next) {
  if (!slots.has(request.params.slot)) return response.status(404).json({ detail: "Empty." });
  next();
}

app.get("/slots/:slot", mustBeThere, (request, response) => {
  response.json(slots.get(request.params.slot));
});

app.put("/slots/:slot", (request, response) => {
  const { slot } = request.params;
  response.status(slots.has(slot) ? 200 : 201);
  slots.set(slot, { ...NOTHING, ...request.body });
  response.json(slots.get(slot));
});

app.patch("/slots/:slot", mustBeThere, (request, response) => {
  const { slot } = request.params;
  slots.set(slot, { ...slots.get(slot), ...request.body });
  response.json(slots.get(slot));
});

app.delete("/slots/:slot", mustBeThere, (request, response) => {
  slots.delete(request.params.slot);
  response.status(204).end();
});

app.get("/plays", (request, response) => {
  response.json({ plays });
});

app.post("/plays", (request, response) => {
  const key = request.get("Idempotency-Key");
  if (playsByKey.has(key)) return response.status(201).json(playsByKey.get(key));
  const play = { number: plays.length + 1, slot: request.body.slot };
  plays.push(play);
  if (key !== undefined) playsByKey.set(key, play);
  response.status(201).json(play);
});

app.listen(process.env.PORT ?? 8000, "127.0.0.1");
