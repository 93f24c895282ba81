// What the desk keeps in Redis. Each function is one step there, which nothing comes between.
import { randomUUID } from "node:crypto";
import { createClient } from "redis";

const SESSION_SECONDS = 30 * 60;
const ONLINE_SECONDS = 5 * 60;
const CALLS = 5;

// Redis runs a script from its first line to its last before it turns to anybody else.
const COUNT_CALL = `
  local count = redis.call("INCR", KEYS[1])
  if count == 1 then redis.call("EXPIRE", KEYS[1], 60) end
  return {count, redis.call("TTL", KEYS[1])}
`;

const redis = createClient({ url: process.env.REDIS_URL });
redis.on("error", (error) => console.error(`Redis: ${error.message}`));
await redis.connect();

export async function openSession(name) {
  const token = randomUUID();
  await redis.set(`session:${token}`, name, { EX: SESSION_SECONDS });
  return token;
}

// Whose session it is; it lives for another half hour.
export function useSession(token) {
  return redis.getEx(`session:${token}`, { type: "EX", value: SESSION_SECONDS });
}

export function closeSession(token) {
  return redis.getDel(`session:${token}`);
}

export function noteSignOfLife(name) {
  return redis.zAdd("online", { value: name, score: now() });
}

export function forget(name) {
  return redis.zRem("online", name);
}

// Who is there; who isn't any more is dropped.
export async function listOnline() {
  await redis.zRemRangeByScore("online", "-inf", now() - ONLINE_SECONDS);
  return redis.zRange("online", 0, -1, { REV: true });
}

export function like(song) {
  return redis.zIncrBy("likes", 1, song);
}

export async function readChart(top) {
  const found = await redis.zRangeWithScores("likes", 0, top - 1, { REV: true });
  return found.map(({ value, score }) => ({ song: value, likes: score }));
}

// Counts a wish of a phone; null, or in how many seconds to try again where it is one too many.
export async function countCall(phone) {
  const [count, seconds] = await redis.eval(COUNT_CALL, { keys: [`calls:${phone}`] });
  return count <= CALLS ? null : Math.max(seconds, 1);
}

export function queueWish(wish) {
  return redis.rPush("wishes", JSON.stringify(wish));
}

export async function takeWish() {
  return JSON.parse(await redis.lPop("wishes"));
}

function now() {
  return Date.now() / 1000;
}
