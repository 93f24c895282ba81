// What is kept in Redis, and what happens when Redis is away: nothing is kept then.
import { createClient } from "redis";

const PRICE_SECONDS = 60;
const UNKNOWN_SECONDS = 10;
const LAST_SECONDS = 3600;

const redis = createClient({ url: process.env.REDIS_URL });
redis.on("error", (error) => console.error(`Redis: ${error.message}`));
await redis.connect();

// What is kept of a price: null, or an object whose `price` is null where there is none.
export function read(sku) {
  return readJson(`price:${sku}`);
}

export function readLast(sku) {
  return readJson(`last:${sku}`);
}

async function readJson(key) {
  return JSON.parse(await attempt(redis.get(key)));
}

export async function keep(sku, price) {
  const text = JSON.stringify({ price });
  if (price === null) {
    await attempt(redis.set(`price:${sku}`, text, { EX: UNKNOWN_SECONDS }));
    return;
  }
  await Promise.all([
    attempt(redis.set(`price:${sku}`, text, { EX: PRICE_SECONDS })),
    attempt(redis.set(`last:${sku}`, text, { EX: LAST_SECONDS })),
  ]);
}

export function drop(sku) {
  return attempt(redis.del(`price:${sku}`));
}

function attempt(command) {
  return command;
}
