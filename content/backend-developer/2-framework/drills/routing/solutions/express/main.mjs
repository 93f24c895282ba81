// The rooms of a hotel. On your machine: node main.mjs

import express from "express";

const DIGITS = /^[0-9]+$/;

const app = express();

app.get("/rooms/free", (request, response) => {
  response.json({ free: [7, 12] });
});

app.get("/rooms/:number", (request, response, next) => {
  if (!DIGITS.test(request.params.number)) return next();
  response.json({ room: Number(request.params.number) });
});

app
  .route("/rooms/:number/keys/:key")
  .get((request, response) => {
    const { number, key } = request.params;
    response.json({ room: Number(number), key: Number(key) });
  })
  .delete((request, response) => {
    response.status(204).end();
  });

app.listen(process.env.PORT ?? 8000, "127.0.0.1");
