// The front desk: its routes. The brief says what it must do.
// On your machine: npm install express multer, then node main.mjs
import express from "express";
import { BEDS } from "./hotel.mjs";

const app = express();

app.get("/rooms", (_request, response) => {
  response.json({ rooms: [...BEDS.keys()] }); // only their numbers so far
});

app.listen(process.env.PORT ?? 8000, "127.0.0.1");
