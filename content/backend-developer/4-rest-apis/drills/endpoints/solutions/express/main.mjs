// A bicycle workshop. On your machine: node main.mjs
import express from "express";

import { add, bikes, repairs } from "./workshop.mjs";

const app = express();
app.use(express.json());

// Find what an address names, or answer that it is not there.
const find = (records) => (request, response, next) => {
  request.record = records.get(request.params.id);
  if (!request.record) return response.status(404).json({ detail: "There is nothing here." });
  next();
};

app.post("/bikes", (request, response) => {
  const bike = add(bikes, { owner: request.body.owner });
  response.status(201).location(`/bikes/${bike.id}`).json(bike);
});

app.get("/bikes", (request, response) => {
  response.json({ bikes: [...bikes.values()] });
});

app.get("/bikes/:id", find(bikes), (request, response) => {
  response.json(request.record);
});

app.post("/repairs", (request, response) => {
  const repair = add(repairs, { bike: request.body.bike, work: request.body.work });
  response.status(201).location(`/repairs/${repair.id}`).json(repair);
});

app.get("/repairs", (request, response) => {
  const { bike } = request.query;
  response.json({ repairs: [...repairs.values()].filter((each) => each.bike === bike) });
});

app.get("/repairs/:id", find(repairs), (request, response) => {
  response.json(request.record);
});

app.patch("/repairs/:id", find(repairs), (request, response) => {
  request.record.bike = request.body.bike;
  response.json(request.record);
});

app.listen(process.env.PORT ?? 8000, "127.0.0.1");
