// The bookings of a hotel. On your machine: node main.mjs
import express from "express";
import { z } from "zod";

const EUROS_A_NIGHT = 90;
const EUROS_A_BREAKFAST = 15;

const Booking = z.object({
  guest: z.string().min(1).max(100),
  nights: z.int().min(1).max(30),
});
const Choices = z.object({ breakfast: z.enum(["true", "false"]).default("false") });

const app = express();
app.use(express.json());
const guests = [];

app.post("/bookings", (request, response) => {
  const booking = Booking.safeParse(request.body);
  const choices = Choices.safeParse(request.query);
  if (!booking.success || !choices.success) {
    return response.status(422).json({ detail: "This is no booking." });
  }
  const { guest, nights } = booking.data;
  guests.push(guest);
  const night = EUROS_A_NIGHT + (choices.data.breakfast === "true" ? EUROS_A_BREAKFAST : 0);
  response.status(201).json({ guest, euros: nights * night });
});

app.get("/bookings", (request, response) => {
  response.json({ guests });
});

app.listen(process.env.PORT ?? 8000, "127.0.0.1");
