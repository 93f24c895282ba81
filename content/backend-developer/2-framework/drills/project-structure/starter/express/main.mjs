// A hotel's late check-out. Try it: node main.mjs
import express from "express";

const app = express();

app.get("/quotes/:hour", (request, response) => {
  response.json({ euros: Math.max(0, request.params.hour - 11) * 10 });
});

app.get("/bills/:hour", (request, response) => {
  response.json({ euros: Math.max(0, request.params.hour - 12) * 10 });
});

app.listen(process.env.PORT ?? 8000, "127.0.0.1");
