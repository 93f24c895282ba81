// The hotel's service. On your machine: npm install express zod, then node main.mjs
import express from "express";

const app = express();

app.get("/wings", (_request, response) => {
  response.json({ hotel: "Albatross", wings: [] });
});

app.listen(process.env.PORT ?? 8000, "127.0.0.1");
