// Calls the learner's JavaScript functions on behalf of the `solution` fixture.
//
// It shares a process with learner code, so nothing it says is trusted: its answers are values
// for a check to judge. The frames are those of wire.py; names come in snake_case and are looked
// up in camelCase too. Values that JSON cannot hold are described as {"$not_json": …, "repr": …}.

import { Socket } from "node:net";
import { relative } from "node:path";
import { inspect } from "node:util";

const WORK = process.cwd();
const CHANNEL_FD = 3;
const MAX_DEPTH = 48;
const objects = new Map();

class NotProvided extends Error {}

function findMember(owner, place, name) {
  const camel = name.replace(/_+([a-z0-9])/g, (_, letter) => letter.toUpperCase());
  for (const candidate of [name, camel]) {
    if (owner !== null && owner !== undefined && owner[candidate] !== undefined) {
      return [owner[candidate], candidate];
    }
  }
  throw new NotProvided(`${place} has no \`${camel}\``);
}

function described(value) {
  const type = typeof value === "object" ? (value?.constructor?.name ?? "object") : typeof value;
  return { $not_json: String(type), repr: inspect(value, { depth: 2 }).slice(0, 200) };
}

function toJson(value, depth = 0) {
  if (value === undefined || value === null) return null;
  if (typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : described(value);
  if (depth > MAX_DEPTH) return described(value);
  if (Array.isArray(value)) return Array.from(value, (inner) => toJson(inner, depth + 1));
  if (isPlain(value)) {
    const pairs = Object.entries(value).map(([key, inner]) => [key, toJson(inner, depth + 1)]);
    return Object.fromEntries(pairs);
  }
  return described(value);
}

function isPlain(value) {
  if (typeof value !== "object") return false;
  if (value instanceof Map || value instanceof Set || value instanceof Date) return false;
  return !ArrayBuffer.isView(value) && !(value instanceof Promise);
}

function describeError(error) {
  const isError = error instanceof Error;
  return {
    type: isError ? (error.constructor?.name ?? error.name) : typeof error,
    message: isError ? String(error.message) : inspect(error),
    traceback: String(isError ? error.stack : inspect(error)).slice(-8000),
    missing: error instanceof NotProvided ? "yes" : "",
  };
}

async function perform(call, module, file) {
  const held = call.object !== undefined;
  if (call.op === "dispose") return objects.delete(call.object) && { value: null };
  const owner = held ? objects.get(call.object) : module;
  const [member, name] = findMember(owner, held ? owner.constructor.name : file, call.name);
  if (call.op === "get") return { value: toJson(await member) };
  if (call.op === "new") {
    objects.set(call.id, new member(...call.args));
    return { object: call.id };
  }
  return { value: toJson(await (held ? owner[name](...call.args) : member(...call.args))) };
}

function encode(body) {
  const json = Buffer.from(JSON.stringify(body));
  const lengths = Buffer.alloc(8);
  lengths.writeUInt32BE(json.length, 0);
  return Buffer.concat([lengths, json]);
}

async function answer(call, module, file) {
  try {
    return { id: call.id, ...(await perform(call, module, file)) };
  } catch (error) {
    return { id: call.id, error: describeError(error) };
  }
}

async function serve(channel, module, file) {
  let pending = Buffer.alloc(0);
  for await (const data of channel) {
    pending = Buffer.concat([pending, data]);
    while (pending.length >= 8 && pending.length >= 8 + pending.readUInt32BE(0)) {
      const end = 8 + pending.readUInt32BE(0);
      const call = JSON.parse(pending.subarray(8, end).toString());
      pending = pending.subarray(end);
      channel.write(encode(await answer(call, module, file)));
    }
  }
}

const file = relative(WORK, `${WORK}/${process.argv[2]}`);
const channel = new Socket({ fd: CHANNEL_FD, readable: true, writable: true });
try {
  const module = await import(`file://${WORK}/${file}`);
  // A CommonJS file, or one with only a default export, offers its functions there.
  const members = Object.keys(module).some((name) => name !== "default") ? module : module.default;
  channel.write(encode({ imported: true }));
  await serve(channel, members ?? module, file);
} catch (error) {
  channel.end(encode({ imported: false, error: describeError(error) }));
}
