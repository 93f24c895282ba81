// The wind at the beaches. On your machine: node main.mjs
import { setTimeout as sleep } from "node:timers/promises";

import express from "express";

const app = express();
const station = process.env.UPSTREAM_URL ?? "http://localhost:9000";

const CALLS = 3;
const PASSING = [500, 502, 503, 504];

// One call: its status and its text. It fails if the station breaks off, or is silent for a second.
async function askOnce(beach) {
  const signal = AbortSignal.timeout(1000);
  const answer = await fetch(`${station}/stations/${beach}`, { signal });
  return { status: answer.status, text: await answer.text() };
}

// Ask the station, again where that helps; nothing, if no answer came.
async function ask(beach) {
  for (let call = 0; call < CALLS; call += 1) {
    if (call > 0) await sleep(100);
    const answer = await askOnce(beach).catch(() => null);
    if (answer && !PASSING.includes(answer.status)) return answer;
  }
}

// Read the wind from a text; null, if there is none in it.
function readKnots(text) {
  try {
    const knots = JSON.parse(text)?.knots;
    return Number.isInteger(knots) && knots >= 0 && knots <= 150 ? knots : null;
  } catch {
    return null;
  }
}

app.get("/wind/:beach", async (request, response) => {
  const { beach } = request.params;
  const answer = await ask(beach);
  if (answer?.status === 404) return response.status(404).json({ detail: "No such beach." });
  const knots = answer?.status === 200 ? readKnots(answer.text) : null;
  if (knots === null) return response.status(502).json({ detail: "The station tells no wind." });
  response.json({ beach, knots });
});

app.listen(process.env.PORT ?? 8000, "127.0.0.1");
