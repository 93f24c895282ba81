// The bee club's pipeline, from what iterators bring along.

/** Return the reading on a line, or null if the line is broken. */
export function readLine(line) {
  const parts = line.replace(/\n$/, "").split(" ");
  const [time, hive, grams] = parts;
  if (parts.length !== 3 || !time || !hive || !/^[0-9]+$/.test(grams)) return null;
  return { time, hive, grams: Number(grams) };
}

/** Return another reading, which is lighter by the hive's empty box. */
export const withoutBox = (reading, boxes) => ({ ...reading, grams: reading.grams - (boxes[reading.hive] ?? 0) });

/** Give the reading on each line that is whole. */
export function readings(lines) {
  return Iterator.from(lines)
    .map((line) => readLine(line))
    .filter((reading) => reading !== null);
}

/** Give the items for which `wanted` is true. */
export function keep(items, wanted) {
  return Iterator.from(items).filter((item) => wanted(item)); // `filter` by itself would also pass the position.
}

/** Give what each reading differs by from the one before of the same hive. */
export function changes(stream) {
  const latest = {};
  return Iterator.from(stream).flatMap((reading) => {
    const before = latest[reading.hive];
    latest[reading.hive] = reading;
    return before ? [{ time: reading.time, hive: reading.hive, by: reading.grams - before.grams }] : [];
  });
}

/** Give the first items, as many as `count` says. */
export function first(items, count) {
  return Iterator.from(items).take(count);
}

/** Return a function that sends a stream through all steps. */
export function pipeline(...steps) {
  return (stream) => steps.reduce((items, step) => step(items), stream);
}

/** Give the changes that mean a swarm. */
export const swarms = pipeline(readings, changes, (found) => keep(found, ({ by }) => by <= -1500));

/** Return the sums of each hive. */
export function season(stream) {
  const began = {};
  return Iterator.from(stream).reduce((hives, { time, hive, grams }) => {
    began[hive] ??= grams;
    const { readings = 0, heaviest } = hives[hive] ?? {};
    hives[hive] = {
      readings: readings + 1,
      gained: grams - began[hive],
      heaviest: heaviest && heaviest.grams >= grams ? heaviest : { time, grams },
    };
    return hives;
  }, {});
}
