// A bicycle workshop. On your machine: node main.mjs
import express from "express";

import { add, bikes, repairs } from "./workshop.mjs";

const app = express();
app.use(express.json());

app.post("/createBike", (request, response) => {
  response.json(add(bikes, { owner: request.body.owner }));
});

app.get("/getBike", (request, response) => {
  response.json(bikes.get(request.query.id));
});

app.post("/repairBike", (request, response) => {
  response.json(add(repairs, { bike: request.body.bike, work: request.body.work }));
});

app.listen(process.env.PORT ?? 8000, "127.0.0.1");
