// Calls the learner's JavaScript functions on behalf of the `solution` fixture.
//
// It shares a process with learner code, so nothing it sends is trusted: its replies are values
// for a check to judge. Calls and replies are those of protocol/harness.py, frames those of
// protocol/frames.py, and values are written as in values.mjs. Names come in snake_case and are
// looked up in camelCase too.

import { Socket } from "node:net";
import { relative } from "node:path";

import { MAX_BYTES, Unsendable, decode, encodeAll, show, textOf } from "./values.mjs";

const WORK = process.cwd();
const FILE = relative(WORK, `${WORK}/${process.argv[2]}`);
const CHANNEL_FD = 3;
const MAX_TEXT = 8000;
const objects = new Map();

class NotProvided extends Error {}

/** Return the name by which it is there, as it is asked for or in camelCase. */
async function findName(owner, place, name) {
  const camel = name.replace(/_+([a-z0-9])/g, (_, letter) => letter.toUpperCase());
  const names = [name, camel];
  const found = names.find((each) => owner?.[each] !== undefined);
  if (found !== undefined) return found;
  const isUndefined = names.some((each) => each in Object(owner));
  const advice = place === FILE && !isUndefined ? await advise(names) : "";
  throw new NotProvided(`${place} has no \`${camel}\`${advice}`);
}

async function advise(names) {
  try {
    const { adviseExport } = await import("./unexported.mjs");
    return adviseExport(`${WORK}/${FILE}`, names);
  } catch {
    return "";
  }
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

async function perform(call, module) {
  const held = call.object !== undefined;
  const owner = held ? objects.get(call.object) : module;
  const place = held ? attempt(() => textOf(owner.constructor.name), "object") : FILE;
  const name = await findName(owner, place, call.name);
  const member = owner[name];
  if (call.op === "get") return encodeAll({ value: await member });
  const given = decode(call.args);
  if (call.op === "new") {
    objects.set(call.id, new member(...given));
    return { object: call.id };
  }
  const value = await (held ? owner[name](...given) : member(...given));
  return encodeAll(call.observed ? { value, arguments: given } : { value });
}

/** Return an error of the import, with file and line where only a second look finds them. */
async function describeUnloaded(error) {
  try {
    if (error instanceof SyntaxError) {
      const { addPlace } = await import("./unparsed.mjs");
      await addPlace(error, WORK, FILE);
    }
  } catch {
    // then it is told without them
  }
  return describeError(error);
}

function encode(body) {
  const json = Buffer.from(JSON.stringify(body));
  if (json.length > MAX_BYTES) throw new Unsendable("large");
  const lengths = Buffer.alloc(8);
  lengths.writeUInt32BE(json.length, 0);
  return Buffer.concat([lengths, json]);
}

async function reply(call, module) {
  try {
    return encode({ id: call.id, ...(await perform(call, module)) });
  } catch (error) {
    const isLimit = attempt(() => error instanceof Unsendable, false);
    const told = isLimit ? { unsendable: error.message } : { error: describeError(error) };
    return encode({ id: call.id, ...told });
  }
}

async function serve(channel, module) {
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
        channel.write(await reply(call, module));
      }
      parts = [pending];
      size = pending.length;
      wanted = size >= 8 ? 8 + pending.readUInt32BE(0) : 8;
    }
  }
}

const channel = new Socket({ fd: CHANNEL_FD, readable: true, writable: true });
try {
  const module = await import(`file://${WORK}/${FILE}`);
  // A CommonJS file, or one with only a default export, offers its functions there.
  const members = Object.keys(module).some((name) => name !== "default") ? module : module.default;
  channel.write(encode({ imported: true }));
  await serve(channel, members ?? module);
} catch (error) {
  channel.end(encode({ imported: false, error: await describeUnloaded(error) }));
}
