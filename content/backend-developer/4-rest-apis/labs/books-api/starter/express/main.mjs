// The books API. The brief says what it must do.
// On your machine: npm install express, then node main.mjs
import express from "express";

const app = express();

app.get("/books", (_request, response) => {
  response.json({ items: [], next: null });
});

app.listen(process.env.PORT ?? 8000, "127.0.0.1");
