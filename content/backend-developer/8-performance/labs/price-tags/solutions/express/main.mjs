// The price tags in Express: what is asked, and what is answered.
import { STATUS_CODES } from "node:http";
import express from "express";

import * as cache from "./cache.mjs";
import { ask } from "./supplier.mjs";

const app = express();
const underWay = new Map();

class Problem extends Error {
  constructor(status) {
    super(STATUS_CODES[status]);
    this.status = status;
  }
}

app.get("/prices/:sku", async (request, response) => {
  response.json(await share(request.params.sku));
});

app.get("/prices", async (request, response) => {
  const skus = [request.query.sku].flat();
  response.json({ prices: await Promise.all(skus.map(showInList)) });
});

app.post("/prices/:sku/refresh", async (request, response) => {
  await cache.drop(request.params.sku);
  response.status(204).end();
});

app.use((error, _request, response, _next) => {
  const status = error.status ?? 500;
  response.status(status).type("application/problem+json");
  response.send(JSON.stringify({ title: STATUS_CODES[status], status }));
});

async function showInList(sku) {
  try {
    return await share(sku);
  } catch (error) {
    if (error instanceof Problem) return { sku, price: null, stale: false };
    throw error;
  }
}

// Whoever asks while somebody else is finding the price waits for the same answer.
function share(sku) {
  if (!underWay.has(sku)) {
    underWay.set(sku, find(sku).finally(() => underWay.delete(sku)));
  }
  return underWay.get(sku);
}

async function find(sku) {
  const kept = await cache.read(sku);
  if (kept !== null) return show(sku, kept.price, false);
  const answer = await ask(sku);
  if (answer.failed) {
    const last = await cache.readLast(sku);
    if (last === null) throw new Problem(502);
    return show(sku, last.price, true);
  }
  await cache.keep(sku, answer.price);
  return show(sku, answer.price, false);
}

function show(sku, price, stale) {
  if (price === null) throw new Problem(404);
  return { sku, price, stale };
}

app.listen(process.env.PORT, "127.0.0.1");
