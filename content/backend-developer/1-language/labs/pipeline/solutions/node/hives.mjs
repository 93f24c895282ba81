// The bee club's pipeline: a line goes all the way through before the next one is read.

const LINE = /^(\S+) (\S+) ([0-9]+)\n?$/;
const SWARM = 1500; // grams that a hive loses from one reading to the next

/** Return the reading on a line, or null if the line is broken. */
export function readLine(line) {
  const found = LINE.exec(line);
  if (found === null) return null;
  const [, time, hive, grams] = found;
  return { time, hive, grams: Number(grams) };
}

/** Return another reading, which is lighter by the hive's empty box. */
export function withoutBox(reading, boxes) {
  return { ...reading, grams: reading.grams - (boxes[reading.hive] ?? 0) };
}

/** Give the reading on each line that is whole. */
export function* readings(lines) {
  for (const line of lines) {
    const reading = readLine(line);
    if (reading !== null) yield reading;
  }
}

/** Give the items for which `wanted` is true. */
export function* keep(items, wanted) {
  for (const item of items) {
    if (wanted(item)) yield item;
  }
}

/** Give what each reading differs by from the one before of the same hive. */
export function* changes(stream) {
  const before = new Map(); // The last weight of each hive, which is all that is ever asked for again.
  for (const { time, hive, grams } of stream) {
    if (before.has(hive)) yield { time, hive, by: grams - before.get(hive) };
    before.set(hive, grams);
  }
}

/** Give the first items, as many as `count` says. */
export function* first(items, count) {
  if (count === 0) return;
  let given = 0;
  for (const item of items) {
    yield item;
    given += 1;
    if (given === count) return; // Asking for one more item only to throw it away would make everybody wait.
  }
}

/** Return a function that sends a stream through all steps. */
export function pipeline(...steps) {
  return (stream) => {
    for (const step of steps) stream = step(stream);
    return stream;
  };
}

/** Give the changes that mean a swarm. */
export function swarms(lines) {
  return pipeline(readings, changes, (found) => keep(found, isSwarm))(lines);
}

/** Tell whether so much weight can only have flown away. */
function isSwarm(change) {
  return change.by <= -SWARM;
}

/** Return the sums of each hive. */
export function season(stream) {
  const hives = new Map();
  for (const { time, hive, grams } of stream) {
    const known = hives.get(hive);
    if (known === undefined) {
      hives.set(hive, { readings: 1, began: grams, ended: grams, heaviest: { time, grams } });
      continue;
    }
    known.readings += 1;
    known.ended = grams;
    if (grams > known.heaviest.grams) known.heaviest = { time, grams };
  }
  return Object.fromEntries([...hives].map(([hive, known]) => [hive, sumUp(known)]));
}

/** Return what the club wants to know of a hive. */
function sumUp({ readings, began, ended, heaviest }) {
  return { readings, gained: ended - began, heaviest };
}
