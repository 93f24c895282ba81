// A hotel. On your machine: node main.mjs
import { randomUUID } from "node:crypto";

import express from "express";

const app = express();

// Above all others, and so around them.
app.use((request, response, next) => {
  const given = request.get("X-Request-ID") ?? "";
  request.id = /^[A-Za-z0-9-]{1,64}$/.test(given) ? given : randomUUID();
  response.set("X-Request-ID", request.id);
  next();
});

app.use((request, response, next) => {
  if (request.path !== "/pool") return next();
  response.status(503).json({ detail: "Closed." });
});

app.get("/rooms/:number", (request, response) => {
  response.json({ room: Number(request.params.number) });
});

app.get("/broken", () => {
  throw new Error("the lift is stuck");
});

app.listen(process.env.PORT ?? 8000, "127.0.0.1");
