// A seed catalogue. On your machine: node main.mjs
import express from "express";

import { seeds } from "./catalogue.mjs";

const app = express();

const MONTH = /^([1-9]|1[0-2])$/;
const byName = (one, other) => (one.name < other.name ? -1 : 1);
const ORDERS = new Map([
  ["name", byName],
  ["days", (one, other) => one.days - other.days || byName(one, other)],
]);

// Say what is wrong with a query; nothing, if it can be answered.
function findFault(query) {
  for (const name of query.keys()) {
    if (!["family", "month", "sort"].includes(name)) return `${name} is no parameter of this address.`;
    if (query.getAll(name).length > 1) return `${name} comes more than once.`;
  }
  if (query.has("month") && !MONTH.test(query.get("month"))) return "month is a number from 1 to 12.";
  if (query.has("sort") && !ORDERS.has(query.get("sort"))) return "sort is name or days.";
}

app.get("/seeds", (request, response) => {
  const query = new URL(request.url, "http://localhost").searchParams;
  const fault = findFault(query);
  if (fault) return response.status(400).json({ detail: fault });
  const family = query.get("family");
  const month = query.has("month") ? Number(query.get("month")) : null;
  const found = seeds
    .filter((seed) => family === null || seed.family === family)
    .filter((seed) => month === null || (seed.from <= month && month <= seed.to))
    .sort(ORDERS.get(query.get("sort") ?? "name"));
  response.json({ seeds: found });
});

app.listen(process.env.PORT ?? 8000, "127.0.0.1");
