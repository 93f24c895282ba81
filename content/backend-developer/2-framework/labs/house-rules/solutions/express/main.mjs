// The hotel's service, put together. On your machine: HOTEL_NAME=Albatross node main.mjs
import express from "express";

import { router } from "./hotel.mjs";
import { answerErrors, answerNothingHere, giveId, keepLog, limit } from "./rules.mjs";
import { readSettings } from "./settings.mjs";

const settings = readSettings(process.env);
const app = express();

app.use(giveId);
if (settings.log_level === "info") app.use(keepLog);
app.use(limit(settings));

app.get("/", (_request, response) => {
  response.json(settings);
});
app.use(router);

app.use(answerNothingHere);
app.use(answerErrors);

app.listen(process.env.PORT ?? 8000, "127.0.0.1");
