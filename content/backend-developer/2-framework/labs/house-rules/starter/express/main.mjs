// The hotel's service. On your machine: npm install express zod, then node main.mjs
import express from "express";

import { router } from "./hotel.mjs";

const app = express();

app.get("/", (_request, response) => {
  response.json({ hotel: "Albatross" });
});

app.use(router);

app.listen(process.env.PORT ?? 8000, "127.0.0.1");
