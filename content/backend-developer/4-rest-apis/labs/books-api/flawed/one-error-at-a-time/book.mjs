// What a client may send for a book.
import { Problem } from "./problems.mjs";

const isWords = (value) =>
  typeof value === "string" && value.trim() !== "" && [...value].length <= 200;

const RULES = {
  title: [isWords, "a text of 1 to 200 characters"],
  author: [isWords, "a text of 1 to 200 characters"],
  year: [
    (value) => Number.isInteger(value) && value >= 1450 && value <= 2100,
    "a whole number from 1450 to 2100",
  ],
  price: [
    (value) => typeof value === "string" && /^[0-9]{1,6}\.[0-9]{2}$/.test(value),
    'a text such as "12.90"',
  ],
  isbn: [
    (value) => value === null || (typeof value === "string" && /^[0-9]{13}$/.test(value)),
    "a text of 13 digits, or null",
  ],
};

export function readBook(body) {
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    const errors = [{ field: "body", message: "Send a JSON object." }];
    throw new Problem(422, "A book is a JSON object.", { errors });
  }
  const given = { isbn: null, ...body };
  const errors = [];
  for (const [field, [fits, words]] of Object.entries(RULES)) {
    if (errors.length === 0 && !fits(given[field])) {
      errors.push({ field, message: `This must be ${words}.` });
    }
  }
  for (const field of Object.keys(body)) {
    if (!Object.hasOwn(RULES, field)) errors.push({ field, message: "There is no such field." });
  }
  if (errors.length > 0) {
    throw new Problem(422, "Some fields are not as they should be.", { errors });
  }
  return Object.fromEntries(Object.keys(RULES).map((field) => [field, given[field]]));
}
