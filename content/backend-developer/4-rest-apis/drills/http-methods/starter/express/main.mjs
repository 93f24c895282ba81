// A jukebox. On your machine: node main.mjs
import express from "express";

const app = express();
app.use(express.json());
const slots = new Map();
const plays = [];

app.get("/slots/:slot", (request, response) => {
  const record = slots.get(request.params.slot);
  if (!record) return response.status(404).json({ detail: "Empty." });
  response.json(record);
});

app.get("/plays", (request, response) => {
  response.json({ plays });
});

app.post("/plays", (request, response) => {
  plays.push({ number: plays.length + 1, slot: request.body.slot });
  response.status(201).json(plays.at(-1));
});

app.listen(process.env.PORT ?? 8000, "127.0.0.1");
