// What may be sent.
import { Problem } from "./problems.mjs";

const KINDS = ["hand", "power", "garden"];
const isName = (value) =>
  typeof value === "string" && value !== "" && [...value].length <= 60;
const isFrom = (least, most) => (value) =>
  Number.isInteger(value) && value >= least && value <= most;

const TOOL = {
  name: isName,
  kind: (value) => KINDS.includes(value),
  deposit: (value) => typeof value === "string" && /^[0-9]{1,3}\.[0-9]{2}$/.test(value),
  year: (value) => value === null || isFrom(1950, 2030)(value),
};
const LOAN = { borrower: isName, days: isFrom(1, 28) };

export const readTool = (body) => read(TOOL, { year: null, ...body }, body);
export const readLoan = (body) => read(LOAN, body, body);

function read(rules, given, body) {
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    refuse(["body"]);
  }
  const wrong = Object.keys(rules).filter((field) => !rules[field](given[field]));
  if (wrong.length > 0) refuse(wrong);
  return Object.fromEntries(Object.keys(rules).map((field) => [field, given[field]]));
}

export function readNumber(text, field, most = 999_999_999_999_999) {
  const number = /^[0-9]{1,15}$/.test(text) ? Number(text) : 0;
  if (number < 1 || number > most) refuse([field]);
  return number;
}

export function readQuery({ kind, limit = "20" }) {
  if (kind !== undefined && !KINDS.includes(kind)) refuse(["kind"]);
  return { kind, limit: readNumber(limit, "limit", 50) };
}

function refuse(fields) {
  const errors = fields.map((field) => ({ field, message: "This is not as it should be." }));
  throw new Problem(422, { errors });
}
