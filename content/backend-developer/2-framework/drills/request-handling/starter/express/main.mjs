// The bookings of a hotel. On your machine: node main.mjs
import express from "express";

const EUROS_A_NIGHT = 90;

const app = express();
app.use(express.json());
const guests = [];

app.post("/bookings", (request, response) => {
  const { guest, nights } = request.body;
  guests.push(guest);
  response.status(201).json({ guest, euros: nights * EUROS_A_NIGHT });
});

app.get("/bookings", (request, response) => {
  response.json({ guests });
});

app.listen(process.env.PORT ?? 8000, "127.0.0.1");
