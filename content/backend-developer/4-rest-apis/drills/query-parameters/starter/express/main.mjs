// A seed catalogue. On your machine: node main.mjs
import express from "express";

import { seeds } from "./catalogue.mjs";

const app = express();

app.get("/seeds", (request, response) => {
  response.json({ seeds });
});

app.listen(process.env.PORT ?? 8000, "127.0.0.1");
