export function readLine(line) {
  const parts = line.trim().split(" ");
  if (parts.length !== 3) return null;
  const grams = parseInt(parts[2]);
  if (isNaN(grams)) return null;
  return { time: parts[0], hive: parts[1], grams };
}

export function withoutBox(reading, boxes) {
  const box = boxes[reading.hive] || 0;
  return { ...reading, grams: reading.grams - box };
}

export function* readings(lines) {
  for (const line of lines) {
    const reading = readLine(line);
    if (reading) yield reading;
  }
}

export function* keep(items, wanted) {
  for (const item of items) {
    if (wanted(item)) yield item;
  }
}

export function* changes(stream) {
  const last = {};
  for (const reading of stream) {
    const before = last[reading.hive];
    if (before) yield { time: reading.time, hive: reading.hive, by: reading.grams - before };
    last[reading.hive] = reading.grams;
  }
}

export function* first(items, count) {
  for (const item of items) {
    if (count-- <= 0) return;
    yield item;
  }
}

export function pipeline(...steps) {
  return (stream) => steps.reduce((s, step) => step(s), stream);
}

export const swarms = pipeline(readings, changes, (c) => keep(c, (x) => x.by <= -1500));

export function season(stream) {
  const all = {};
  for (const reading of stream) {
    (all[reading.hive] ??= []).push(reading);
  }
  const result = {};
  for (const hive in all) {
    const list = all[hive];
    const heaviest = list.reduce((a, b) => (b.grams > a.grams ? b : a));
    result[hive] = {
      readings: list.length,
      gained: list.at(-1).grams - list[0].grams,
      heaviest: { time: heaviest.time, grams: heaviest.grams },
    };
  }
  return result;
}
