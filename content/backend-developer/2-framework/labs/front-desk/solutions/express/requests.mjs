// What a request must hold.

// Express answers with the `status` of an error that nobody caught.
export class Refusal extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

export function readNumber(text, name) {
  if (!/^\d+$/.test(text)) throw new Refusal(400, `${name} is a whole number.`);
  return Number(text);
}

export function readFilter(query) {
  const filter = {};
  if (query.floor !== undefined) filter.floor = readNumber(query.floor, "floor");
  if (query.beds !== undefined) filter.beds = readNumber(query.beds, "beds");
  return filter;
}

export function readText(fields, name) {
  const text = fields?.[name];
  if (typeof text !== "string" || text.trim() === "") {
    throw new Refusal(400, `${name} is missing.`);
  }
  return text;
}

export function readCards(body) {
  const cards = body?.cards;
  if (!Number.isInteger(cards) || cards < 1 || cards > 4) {
    throw new Refusal(400, "cards is a whole number from 1 to 4.");
  }
  return cards;
}

export function readPhoto(file) {
  if (file === undefined) throw new Refusal(400, "photo is missing.");
  if (!["image/png", "image/jpeg"].includes(file.mimetype)) {
    throw new Refusal(415, "A photo is a PNG or a JPEG.");
  }
  return { kind: file.mimetype, image: file.buffer };
}
