// A log of whales. On your machine: node main.mjs
import express from "express";

import { inOrder, writing } from "./records.mjs";

const app = express();
app.use(writing);

app.get("/sightings", (request, response) => {
  const limit = Number(request.query.limit ?? 5);
  const after = Number(request.query.after ?? 0);
  const items = inOrder().slice(after, after + limit);
  response.json({ items, next: `/sightings?limit=${limit}&after=${after + limit}` });
});

app.listen(process.env.PORT ?? 8000, "127.0.0.1");
