// The records of the post office, made from what the scale and the clock have written.
// There is nothing to change here.

const DEFAULT = `[
  {"id": 9007199254740993, "cents": 490, "arrived": "2026-03-01T10:30:00+01:00", "collected": null},
  {"id": 17, "cents": 1205, "arrived": "2026-07-01T00:15:00+02:00", "collected": "2026-07-01T09:00:00+02:00"}
]`;

const readMoment = (text) => (text === null ? null : new Date(text));

// An id is a BigInt, since a number holds no more than 53 bits.
const readNumber = (name, value, context) => (name === "id" ? BigInt(context.source) : value);

// By id: the cents that were paid, when a parcel arrived, and when it was collected.
export const parcels = new Map(
  JSON.parse(process.env.PARCELS ?? DEFAULT, readNumber).map(({ id, cents, arrived, collected }) => [
    id,
    { id, cents, arrived: readMoment(arrived), collected: readMoment(collected) },
  ]),
);
