// A post office. On your machine: node main.mjs
import express from "express";

import { parcels } from "./records.mjs";

const app = express();
app.use(express.json());

const EUROS = /^(0|[1-9][0-9]{0,2})\.([0-9]{2})$/;

const show = ({ id, cents, arrived, collected }) => ({
  id: String(id),
  postage: `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, "0")}`,
  arrived: writeMoment(arrived),
  collected: writeMoment(collected),
});

// A Date knows no zone and is always written in UTC; there are milliseconds to take off.
const writeMoment = (moment) => moment && moment.toISOString().replace(/\.[0-9]+Z$/, "Z");

app.get("/parcels", (request, response) => {
  response.json({ parcels: [...parcels.values()].map(show) });
});

app.put("/parcels/:number", (request, response) => {
  const parcel = parcels.get(BigInt(request.params.number));
  if (!parcel) return response.status(404).json({ detail: "There is no such parcel." });
  const { postage } = request.body;
  const euros = typeof postage === "string" && EUROS.exec(postage);
  if (!euros) return response.status(422).json({ detail: "postage is a text such as 5.20." });
  parcel.cents = Number(euros[1]) * 100 + Number(euros[2]);
  response.json(show(parcel));
});

app.listen(process.env.PORT ?? 8000, "127.0.0.1");
