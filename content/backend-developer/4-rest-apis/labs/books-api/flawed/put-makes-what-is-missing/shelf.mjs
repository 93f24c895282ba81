// The shelf: books in the order in which they were added, in memory.
import { Problem } from "./problems.mjs";

const entries = new Map();
let last = 0;

export const etagOf = (entry) => `"v${entry.version}"`;

export const show = ({ id, fields, addedAt }) => ({ id, ...fields, added_at: addedAt });

export const has = (id) => entries.has(id);

export function add(fields) {
  last += 1;
  const id = `book-${last}`;
  const entry = { id, number: last, fields, addedAt: new Date().toISOString(), version: 1 };
  entries.set(id, entry);
  return entry;
}

export function get(id) {
  const entry = entries.get(id);
  if (entry === undefined) throw new Problem(404, `There is no book ${id}.`);
  return entry;
}

export function replace(entry, fields) {
  entry.fields = fields;
  entry.version += 1;
}

export function remove(id) {
  get(id);
  entries.delete(id);
}

export function page(wanted, limit, after) {
  const fitting = [...entries.values()].filter(
    (entry) =>
      entry.number > after &&
      Object.entries(wanted).every(([name, value]) => entry.fields[name] === value),
  );
  const shown = fitting.slice(0, limit);
  return { shown, cursor: fitting.length > limit ? shown.at(-1).number : null };
}
