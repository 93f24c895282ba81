// A hotel. Try it: HOTEL_NAME=Adler ROOMS=40 node main.mjs
import express from "express";

const app = express();

app.get("/", (request, response) => {
  response.json({
    hotel: process.env.HOTEL_NAME ?? "Grand Hotel",
    rooms: process.env.ROOMS ?? 100,
    closed: Boolean(process.env.CLOSED),
  });
});

app.listen(process.env.PORT ?? 8000, "127.0.0.1");
