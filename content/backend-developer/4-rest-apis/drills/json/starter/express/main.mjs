// A post office. On your machine: node main.mjs
import express from "express";

import { parcels } from "./records.mjs";

const app = express();
app.use(express.json());

const show = (parcel) => ({ ...parcel, id: Number(parcel.id) });

app.get("/parcels", (request, response) => {
  response.json({ parcels: [...parcels.values()].map(show) });
});

app.put("/parcels/:number", (request, response) => {
  const parcel = parcels.get(BigInt(request.params.number));
  parcel.cents = Number(request.body.postage) * 100;
  response.json(show(parcel));
});

app.listen(process.env.PORT ?? 8000, "127.0.0.1");
