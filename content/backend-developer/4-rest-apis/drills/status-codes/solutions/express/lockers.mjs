// The wall of lockers, which knows nothing of HTTP. There is nothing to change here.

const parcels = new Map();

// Something that can't be done; `name` says what.
class Refusal extends Error {
  constructor(name) {
    super(name);
    this.name = name;
  }
}

// Read a parcel from a body, and put it into a locker.
export function store(number, contentType, body) {
  if (contentType.split(";")[0].trim().toLowerCase() !== "application/json") {
    throw new Refusal("WrongType");
  }
  const parcel = parse(body);
  if (!isParcel(parcel)) throw new Refusal("BadParcel");
  look(number);
  if (parcels.has(number)) throw new Refusal("Occupied");
  parcels.set(number, { name: parcel.name, kilos: parcel.kilos });
  return parcels.get(number);
}

// Return the parcel in a locker.
export function show(number) {
  look(number);
  if (!parcels.has(number)) throw new Refusal("Empty");
  return parcels.get(number);
}

// Return the parcels for a name.
export function find(name) {
  return [...parcels.values()].filter((parcel) => parcel.name === name);
}

function look(number) {
  if (!(number >= 1 && number <= 12)) throw new Refusal("NoSuchLocker");
  if (number === 7) throw new Refusal("Stuck");
}

function parse(body) {
  try {
    return JSON.parse(body);
  } catch {
    throw new Refusal("Unreadable");
  }
}

function isParcel(parcel) {
  if (typeof parcel?.name !== "string") return false;
  return Number.isInteger(parcel.kilos) && parcel.kilos >= 1 && parcel.kilos <= 20;
}
