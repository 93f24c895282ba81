// The wind at the beaches. On your machine: node main.mjs
import express from "express";

const app = express();
const station = process.env.UPSTREAM_URL ?? "http://localhost:9000";

app.get("/wind/:beach", async (request, response) => {
  const signal = AbortSignal.timeout(5000);
  const answer = await fetch(`${station}/stations/${request.params.beach}`, { signal });
  response.json(await answer.json());
});

app.listen(process.env.PORT ?? 8000, "127.0.0.1");
