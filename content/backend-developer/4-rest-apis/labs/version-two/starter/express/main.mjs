// The ferry's bookings. Version 1 is in use: the kiosk and the phones talk to it every day.
// On your machine: npm install express, then node main.mjs
import express from "express";
import * as ferry from "./ferry.mjs";

const app = express();
app.use(express.json({ strict: false }));

app.post("/v1/bookings", (request, response) => {
  response.json(ferry.add(ferry.readBooking(request.body)));
});

app.get("/v1/bookings", (_request, response) => {
  response.json([...ferry.bookings.values()]);
});

app.get("/v1/bookings/:id", (request, response) => {
  response.json(ferry.get(request.params.id));
});

app.put("/v1/bookings/:id", (request, response) => {
  const booking = ferry.get(request.params.id);
  Object.assign(booking, ferry.withPrice(ferry.readBooking(request.body)));
  response.json(booking);
});

app.post("/v1/bookings/:id/pay", (request, response) => {
  const booking = ferry.get(request.params.id);
  booking.paid = true;
  response.json(booking);
});

// Express knows an error handler by its four parameters.
app.use((error, _request, response, _next) => {
  const broken = error.type === "entity.parse.failed";
  if (!broken && !(error instanceof ferry.Refused)) console.error(error);
  const reason = broken ? "the body must be a JSON object" : error.message;
  response.status(error.status ?? 500).json({ error: reason });
});

app.listen(process.env.PORT ?? 8000, "127.0.0.1");
