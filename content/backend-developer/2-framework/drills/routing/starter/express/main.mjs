// The rooms of a hotel. On your machine: node main.mjs

import express from "express";

const app = express();

app.get("/rooms/:number", (request, response) => {
  response.json({ room: request.params.number });
});

app.get("/rooms/free", (request, response) => {
  response.json({ free: [7, 12] });
});

app.listen(process.env.PORT ?? 8000, "127.0.0.1");
