// A hotel. On your machine: node main.mjs
import express from "express";

const app = express();

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
