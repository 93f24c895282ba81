// A log of whales. On your machine: node main.mjs
import express from "express";

import { inOrder, writing } from "./records.mjs";

const app = express();
app.use(writing);

const LIMIT = /^([1-9]|1[0-9]|20)$/;
const PLACE = /^([0-9]{4}-[0-9]{2}-[0-9]{2})_([1-9][0-9]{0,14})$/;

const isBehind = (each, day, id) => each.day > day || (each.day === day && each.id > id);

app.get("/sightings", (request, response) => {
  const { limit = "5", after, species } = request.query;
  if (!LIMIT.test(limit)) {
    return response.status(400).json({ detail: "limit is a whole number from 1 to 20." });
  }
  const place = after === undefined ? ["", "", "0"] : PLACE.exec(after);
  if (!place) {
    return response.status(400).json({ detail: "after is not a place that was given out." });
  }
  const following = inOrder()
    .filter((each) => isBehind(each, place[1], Number(place[2])))
    .filter((each) => species === undefined || each.species === species);
  const items = following.slice(0, Number(limit));
  if (following.length === items.length) return response.json({ items, next: null });
  const last = items.at(-1);
  const query = new URLSearchParams({ limit, after: `${last.day}_${last.id}` });
  if (species !== undefined) query.set("species", species);
  response.json({ items, next: `/sightings?${query}` });
});

app.listen(process.env.PORT ?? 8000, "127.0.0.1");
