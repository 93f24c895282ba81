// The collection of things: every question and every change is one command to the store.
import { MongoClient } from "mongodb";

const DUPLICATE = 11000;
const WITHOUT_ID = { projection: { _id: 0 } };

const things = new MongoClient(process.env.MONGO_URL).db().collection("things");

export async function prepare() {
  await things.createIndex({ sku: 1 }, { unique: true });
  await things.createIndex({ kind: 1, price: 1 });
}

// Whether it was added; false where its sku is taken.
export async function add(thing) {
  try {
    await things.insertOne({ ...thing }); // which puts an _id into what it is given
    return true;
  } catch (error) {
    if (error.code === DUPLICATE) return false;
    throw error;
  }
}

export async function findOne(sku) {
  return asShown(await things.findOne({ sku }, WITHOUT_ID));
}

export async function search({ kind, tag, max_price: most, ...asked }) {
  const where = { ...asked };
  if (kind !== undefined) where.kind = kind;
  if (tag !== undefined) where.tags = tag; // fits if one of them is it
  if (most !== undefined) where.price = { $lte: Number(most) };
  const found = await things.find(where, WITHOUT_ID).sort({ price: 1, sku: 1 }).toArray();
  return found.map(asShown);
}

// Changes some of the details, by their own addresses, so that nothing else is written.
export async function describe(sku, details) {
  const change = {};
  for (const [name, value] of Object.entries(details)) {
    const operator = value === null ? "$unset" : "$set";
    change[operator] = { ...change[operator], [`details.${name}`]: value ?? "" };
  }
  if (Object.keys(change).length === 0) return findOne(sku); // the driver refuses to change nothing
  const options = { ...WITHOUT_ID, returnDocument: "after" };
  return asShown(await things.findOneAndUpdate({ sku }, change, options));
}

export async function renameMaker(id, name) {
  const done = await things.updateMany({ "maker.id": id }, { $set: { "maker.name": name } });
  return done.matchedCount;
}

export function sumUpKinds() {
  const steps = [
    {
      $group: {
        _id: "$kind",
        things: { $sum: 1 },
        cheapest: { $min: "$price" },
        worth: { $sum: "$price" },
      },
    },
    { $sort: { things: -1, _id: 1 } },
    { $project: { _id: 0, kind: "$_id", things: 1, cheapest: 1, worth: 1 } },
  ];
  return things.aggregate(steps).toArray();
}

export function countTags() {
  const steps = [
    { $unwind: "$tags" },
    { $group: { _id: { sku: "$sku", tag: "$tags" } } },
    { $group: { _id: "$_id.tag", things: { $sum: 1 } } },
    { $sort: { things: -1, _id: 1 } },
    { $project: { _id: 0, tag: "$_id", things: 1 } },
  ];
  return things.aggregate(steps).toArray();
}

function asShown(thing) {
  return thing === null ? null : { tags: [], details: {}, ...thing };
}
