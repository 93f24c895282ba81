// Calls the learner's JavaScript functions on behalf of the `solution` fixture.
//
// It shares a process with learner code, so nothing it says is trusted: its answers are values
// for a check to judge. The frames are those of wire.py, how values are written is values.mjs; names
// come in snake_case and are looked up in camelCase too.

import { Socket } from "node:net";
import { relative } from "node:path";

import { MAX_BYTES, Unsendable, decode, encodeAll, show, textOf } from "./values.mjs";

const WORK = process.cwd();
const CHANNEL_FD = 3;
const MAX_TEXT = 8000;
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

function attempt(read, otherwise) {
  try {
    return read();
  } catch {
    return otherwise;
  }
}

function describeError(error) {
  const isError = attempt(() => error instanceof Error, false);
  const name = () => textOf(error.constructor.name) || textOf(error.name);
  return {
    type: isError ? attempt(name, "Error") : typeof error,
    message: (isError ? attempt(() => textOf(error.message), "") : show(error)).slice(0, MAX_TEXT),
    traceback: (isError ? attempt(() => textOf(error.stack), "") : show(error)).slice(-MAX_TEXT),
    missing: attempt(() => error instanceof NotProvided, false) ? "yes" : "",
  };
}

async function perform(call, module, file) {
  const held = call.object !== undefined;
  const owner = held ? objects.get(call.object) : module;
  const place = held ? attempt(() => textOf(owner.constructor.name), "object") : file;
  const [member, name] = findMember(owner, place, call.name);
  if (call.op === "get") return encodeAll({ value: await member });
  const given = decode(call.args);
  if (call.op === "new") {
    objects.set(call.id, new member(...given));
    return { object: call.id };
  }
  const value = await (held ? owner[name](...given) : member(...given));
  return encodeAll(call.observed ? { value, arguments: given } : { value });
}

function encode(body) {
  const json = Buffer.from(JSON.stringify(body));
  if (json.length > MAX_BYTES) throw new Unsendable("large");
  const lengths = Buffer.alloc(8);
  lengths.writeUInt32BE(json.length, 0);
  return Buffer.concat([lengths, json]);
}

async function answer(call, module, file) {
  try {
    return encode({ id: call.id, ...(await perform(call, module, file)) });
  } catch (error) {
    const isLimit = attempt(() => error instanceof Unsendable, false);
    const told = isLimit ? { unsendable: error.message } : { error: describeError(error) };
    return encode({ id: call.id, ...told });
  }
}

async function serve(channel, module, file) {
  let parts = [];
  let size = 0;
  let wanted = 8;
  for await (const data of channel) {
    parts.push(data);
    size += data.length;
    while (size >= wanted) {
      let pending = Buffer.concat(parts); // once a frame is whole, not with each of its parts
      const end = 8 + pending.readUInt32BE(0);
      if (size >= end) {
        const call = JSON.parse(pending.subarray(8, end).toString());
        pending = pending.subarray(end);
        channel.write(await answer(call, module, file));
      }
      parts = [pending];
      size = pending.length;
      wanted = size >= 8 ? 8 + pending.readUInt32BE(0) : 8;
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
