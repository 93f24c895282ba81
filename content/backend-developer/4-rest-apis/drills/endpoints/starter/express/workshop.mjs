// The records of the workshop, which give out ids. There is nothing to change here.
import { randomBytes } from "node:crypto";

export const bikes = new Map();
export const repairs = new Map();

// Write something down, and return it with its new id.
export function add(records, facts) {
  const record = { id: randomBytes(6).toString("hex"), ...facts };
  records.set(record.id, record);
  return record;
}
