// How values travel between checks and learner code: the JavaScript half of encoding.py.
//
// JSON in which every object carries a tag: {"dict": [key, value, …]} is an object, {"Map": […]} a
// Map. What has no tag of its own is described by its class and fields, or as `inspect` shows it.

import { inspect, types } from "node:util";

const MAX_VALUES = 2_000_000;
export const MAX_BYTES = 32 * 1024 * 1024;
const MAX_LEVELS = 128;
const MAX_SHOWN = 200;
const MAX_BIGINT = 1n << 1_000_000n;

// The limit that a value goes beyond, as a word of encoding.py.
export class Unsendable extends Error {}

export function show(value) {
  try {
    return inspect(value, { depth: 2, customInspect: false });
  } catch {
    return "(cannot be shown)";
  }
}

export function textOf(value) {
  return typeof value === "string" ? value : show(value);
}

// Reading, in place: a call's arguments belong to nobody else.

const READERS = {
  dict: (parts) => {
    const made = {};
    for (const [key, value] of pairsOf(parts)) {
      // `__proto__` is a key like any other here.
      Object.defineProperty(made, key, {
        value,
        writable: true,
        enumerable: true,
        configurable: true,
      });
    }
    return made;
  },
  Map: (parts) => new Map(pairsOf(parts)),
  set: (members) => new Set(members),
  float: (text) => Number({ inf: "Infinity", "-inf": "-Infinity" }[text] ?? text),
  bigint: (text) => (text.startsWith("-") ? -BigInt(`0x${text.slice(1)}`) : BigInt(`0x${text}`)),
  bytes: (text) => Buffer.from(text, "hex"),
  datetime: ([text]) => new Date(text),
  undefined: () => undefined,
};

export function decode(value) {
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) {
    for (let at = 0; at < value.length; at += 1) value[at] = decode(value[at]);
    return value;
  }
  const [tag] = Object.keys(value);
  return READERS[tag](decode(value[tag]));
}

function pairsOf(parts) {
  const pairs = [];
  for (let at = 0; at < parts.length; at += 2) pairs.push([parts[at], parts[at + 1]]);
  return pairs;
}

// Writing

export function encodeAll(members) {
  const encoder = new Encoder();
  const written = {};
  for (const name of Object.keys(members)) written[name] = encoder.write(members[name], 0);
  return written;
}

class Encoder {
  #values = MAX_VALUES;
  #characters = MAX_BYTES;
  #open = new Set();

  write(value, level) {
    this.#values -= 1;
    if (this.#values < 0) throw new Unsendable("many");
    switch (typeof value) {
      case "string":
        this.#spend(value.length + 2);
        return value;
      case "boolean":
        return value;
      case "number":
        return this.#writeNumber(value);
      case "bigint":
        if (value > MAX_BIGINT || value < -MAX_BIGINT) throw new Unsendable("digits");
        return { bigint: value.toString(16) };
      case "undefined":
        return { undefined: 0 };
      case "object":
        return value === null ? null : this.#writeObject(value, level);
      default:
        return this.#describe(typeof value, value);
    }
  }

  #writeNumber(value) {
    this.#spend(2);
    const isPlain = Number.isSafeInteger(value) || (Number.isFinite(value) && value % 1 !== 0);
    if (isPlain && !Object.is(value, -0)) return value;
    // Python's names for these; a large whole number is a float there, with this very value.
    const text = Object.is(value, -0) ? "-0.0" : String(value).replace("Infinity", "inf");
    return { float: text };
  }

  #writeObject(value, level) {
    try {
      const write = this.#findWriter(value, level);
      return write ? write() : this.#describe(typeName(value), value);
    } catch (error) {
      if (error instanceof Unsendable) throw error;
      return this.#describe("object", value); // a trap or a getter that throws
    }
  }

  #findWriter(value, level) {
    if (Array.isArray(value)) return () => this.#writeEach(value, value, level);
    if (types.isMap(value)) {
      const parts = [...Map.prototype.entries.call(value)].flat(1);
      return () => ({ Map: this.#writeEach(value, parts, level) });
    }
    if (types.isSet(value)) {
      return () => ({ set: this.#writeEach(value, [...Set.prototype.values.call(value)], level) });
    }
    if (types.isUint8Array(value)) return () => this.#writeBytes(value);
    if (types.isTypedArray(value)) return () => this.#writeNumbers(value, level);
    if (types.isDate(value)) return this.#findDateWriter(value);
    if (isPlain(value)) return () => ({ dict: this.#writeFields(value, level) });
    return hasFields(value) ? () => this.#writeInstance(value, level) : null;
  }

  #writeEach(owner, values, level) {
    this.#enter(owner, level);
    const written = [];
    for (let at = 0; at < values.length; at += 1) written.push(this.write(values[at], level + 1));
    this.#open.delete(owner);
    return written;
  }

  #writeFields(value, level) {
    return this.#writeEach(value, Object.entries(value).flat(1), level);
  }

  #writeBytes(value) {
    this.#spend(2 * value.length);
    return { bytes: Buffer.from(value.buffer, value.byteOffset, value.length).toString("hex") };
  }

  #writeNumbers(value, level) {
    const fields = this.#writeEach(value, ["values", Array.from(value)], level);
    return { instance: [typeName(value), "", ...fields] };
  }

  #findDateWriter(value) {
    const year = Date.prototype.getUTCFullYear.call(value);
    if (!(year >= 1 && year <= 9999)) return null; // an invalid one, or one beyond Python's years
    const text = Date.prototype.toISOString.call(value).replace("Z", "+00:00");
    return () => ({ datetime: [text, null, 0] });
  }

  #writeInstance(value, level) {
    const name = typeName(value);
    // A chain of objects may be longer than values are deep, and may lead back to its beginning.
    if (level >= MAX_LEVELS || this.#open.has(value)) return this.#describe(name, value);
    const fields = types.isNativeError(value)
      ? this.#writeEach(value, ["message", textOf(value.message)], level)
      : this.#writeFields(value, level);
    return { instance: [name, "", ...fields] };
  }

  #describe(name, value) {
    return { instance: [name, show(value).slice(0, MAX_SHOWN)] };
  }

  #enter(value, level) {
    if (this.#open.has(value)) throw new Unsendable("endless");
    if (level >= MAX_LEVELS) throw new Unsendable("deep");
    this.#open.add(value);
  }

  #spend(characters) {
    this.#characters -= characters;
    if (this.#characters < 0) throw new Unsendable("large");
  }
}

function isPlain(value) {
  const parent = Object.getPrototypeOf(value);
  if (parent === null) return true;
  // The object of another realm, such as one that `vm` made, has a prototype of its own.
  return Object.getPrototypeOf(parent) === null && Object.hasOwn(parent, "hasOwnProperty");
}

function hasFields(value) {
  if (types.isNativeError(value)) return true;
  if (types.isRegExp(value) || types.isBoxedPrimitive(value)) return false;
  return value[Symbol.toStringTag] === undefined;
}

function typeName(value) {
  return textOf(value[Symbol.toStringTag] ?? value.constructor?.name ?? "object");
}
