// The hotel's service, put together. On your machine: HOTEL_NAME=Albatross node main.mjs
import express from "express";

import { router as desk } from "./house/desk.mjs";
import { answerErrors, keepRules } from "./house/rules.mjs";
import { readSettings } from "./house/settings.mjs";
import { findNames, loadWing } from "./house/wings.mjs";

const names = findNames();
const settings = readSettings(process.env, names);
const open = names.filter((name) => !settings.closed.includes(name));
const wings = new Map();
for (const name of open) wings.set(name, await loadWing(name));

const app = express();
app.use(keepRules(settings.hotel, wings));

app.get("/wings", (_request, response) => {
  const shown = [...wings.values()].map(({ name, title, visits }) => ({ name, title, visits }));
  response.json({ hotel: settings.hotel, wings: shown });
});
app.use(desk);
for (const { name, router } of wings.values()) app.use(`/${name}`, router);

app.use(answerErrors);
app.listen(process.env.PORT ?? 8000, "127.0.0.1");
