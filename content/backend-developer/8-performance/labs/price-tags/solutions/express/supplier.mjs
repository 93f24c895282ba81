// Calls to the supplier: a bounded number of them, within a bounded time.
import { setTimeout as sleep } from "node:timers/promises";

const CALLS = 3;
const PAUSE_MS = 100;
const PATIENCE_MS = 2000;

// Answers { price }, with null where the supplier does not sell it, or { failed: true }.
export async function ask(sku) {
  const signal = AbortSignal.timeout(PATIENCE_MS); // one for all calls, bodies included
  for (let call = 1; ; call += 1) {
    const answer = await askOnce(sku, signal).catch(() => ({ failed: true }));
    if (!answer.failed || answer.refused || call === CALLS) return answer;
    await sleep(PAUSE_MS);
  }
}

async function askOnce(sku, signal) {
  const response = await fetch(`${process.env.UPSTREAM_URL}/prices/${sku}`, { signal });
  const body = await response.text(); // read to its end, so that the connection can be used again
  if (response.status === 404) return { price: null };
  if (response.status !== 200) return { failed: true, refused: response.status < 500 };
  const { price } = JSON.parse(body);
  if (typeof price !== "string" || !/^[0-9]+\.[0-9]{2}$/.test(price)) return { failed: true };
  return { price };
}
