// A hotel's late check-out. Try it: node main.mjs
import express from "express";

import { lateFee } from "./rules.mjs";

const app = express();

app.get("/quotes/:hour", (request, response) => {
  response.json({ euros: lateFee(Number(request.params.hour)) });
});

app.get("/bills/:hour", (request, response) => {
  response.json({ euros: lateFee(Number(request.params.hour)) });
});

app.listen(process.env.PORT ?? 8000, "127.0.0.1");
