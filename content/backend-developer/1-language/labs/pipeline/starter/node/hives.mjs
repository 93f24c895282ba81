// The bee club's pipeline.
//
// Run it:  node hives.mjs
import { pathToFileURL } from "node:url";

/** Return the reading on a line, or null if the line is broken. */
export function readLine(line) {
  return {}; // Replace this line, and the others like it.
}

/** Return another reading, which is lighter by the hive's empty box. */
export function withoutBox(reading, boxes) {
  return {};
}

/** Give the reading on each line that is whole. */
export function readings(lines) {
  return [];
}

/** Give the items for which `wanted` is true. */
export function keep(items, wanted) {
  return [];
}

/** Give what each reading differs by from the one before of the same hive. */
export function changes(stream) {
  return [];
}

/** Give the first items, as many as `count` says. */
export function first(items, count) {
  return [];
}

/** Return a function that sends a stream through all steps. */
export function pipeline(...steps) {
  return (stream) => [];
}

/** Give the changes that mean a swarm. */
export function swarms(lines) {
  return [];
}

/** Return the sums of each hive. */
export function season(stream) {
  return {};
}

// True when you run this file, false when another program imports it to use its functions.
if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const lines = [
    "2026-05-14T11:00 linden 41250\n",
    "2026-05-14T11:00 acacia 38900\n",
    "2026-05-14T11:05 linden 41310\n",
    "2026-05-14T11:05 acac\n",
    "2026-05-14T11:10 linden 39420\n",
    "2026-05-14T11:10 acacia 38940\n",
  ];
  const reading = readLine(lines[0]);
  console.log("time, hive, grams 41250?", reading);
  console.log("grams 32250?", withoutBox(reading, { linden: 9000 }));
  console.log("grams 41250, as before?", reading);
  console.log("5 readings?", [...readings(lines)]);
  console.log("11 and 13?", [...keep([11, 4, 13], (number) => number > 10)]);
  console.log("by 60, -1890 and 40?", [...changes(readings(lines))]);
  console.log("7 and 8?", [...first([7, 8, 9], 2)]);
  console.log("by -1890, 40?", [...pipeline(readings, changes, (found) => keep(found, (each) => each.by !== 60))(lines)]);
  console.log("by -1890?", [...swarms(lines)]);
  console.log("3 and 2 readings?", season(readings(lines)));

  let sent = 0;

  /** Send a million lines, and count those that somebody asked for; the seventh tells of a swarm. */
  function* radio() {
    for (sent = 1; sent <= 1_000_000; sent += 1) yield `2026-05-14T11:00 linden ${sent < 7 ? 41250 : 39420}\n`;
  }

  console.log("one swarm?", [...first(swarms(radio()), 1)]);
  console.log("7 lines read?", sent);
}
