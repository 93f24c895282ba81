// A wall of parcel lockers. On your machine: node main.mjs
import express from "express";

import { store } from "./lockers.mjs";

const app = express();
app.use(express.text({ type: () => true }));

app.put("/lockers/:number", (request, response) => {
  const type = request.get("Content-Type") ?? "";
  response.json(store(Number(request.params.number), type, request.body));
});

// Still to come: GET /lockers/:number and GET /parcels?name=…

app.use((error, request, response, next) => {
  response.status(200).json({ error: error.name });
});

app.listen(process.env.PORT ?? 8000, "127.0.0.1");
