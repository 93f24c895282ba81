// Turn a web server's access log into a report.
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const CLASSES = ["other", "informational", "success", "redirect", "client_error", "server_error"];
const LINE = new RegExp(
  String.raw`^([^ ]+) [^ ]+ [^ ]+ ` +
    String.raw`\[(\d\d)/(\w{3})/(\d{4}):(\d\d):\d\d:\d\d [+-]\d{4}\] ` +
    String.raw`"([A-Z]+) ([^ ]+) HTTP/[^ "]+" (\d{3}) (\d+|-) ` +
    String.raw`"[^"\\]*(?:\\.[^"\\]*)*" "[^"\\]*(?:\\.[^"\\]*)*"$`,
);

export function parseLine(line) {
  const match = LINE.exec(line.replace(/\r?\n$/, ""));
  if (match === null) return null;
  const [, address, day, monthName, year, hour, method, target, status, size] = match;
  const month = MONTHS.indexOf(monthName) + 1;
  if (month === 0) return null;
  return {
    address,
    hour: `${year}-${String(month).padStart(2, "0")}-${day} ${hour}:00`,
    method,
    path: target.split("?", 1)[0],
    status: Number(status),
    bytes: size === "-" ? 0 : Number(size),
  };
}

export function classifyStatus(status) {
  if (status < 100 || status > 599) return "other";
  return CLASSES[Math.floor(status / 100)];
}

export function buildReport(lines) {
  const tally = startTally();
  for (const line of lines) countLine(tally, line);
  return summarise(tally);
}

function startTally() {
  const statuses = Object.fromEntries(CLASSES.map((name) => [name, 0]));
  return {
    requests: 0, malformed: 0, bytes: 0, statuses,
    addresses: new Set(), paths: new Map(), hours: new Map(),
  };
}

function countLine(tally, line) {
  if (line.trim() === "") return;
  const record = parseLine(line);
  if (record === null) {
    tally.malformed += 1;
    return;
  }
  tally.requests += 1;
  tally.bytes += record.bytes;
  tally.addresses.add(record.address);
  tally.statuses[classifyStatus(record.status)] += 1;
  increase(tally.paths, record.path);
  increase(tally.hours, record.hour);
}

function increase(counts, name) {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

function rank(counts) {
  return [...counts].sort(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1));
}

function summarise({ requests, malformed, bytes, addresses, statuses, paths, hours }) {
  const [busiest] = rank(hours);
  return {
    requests,
    malformed,
    bytes,
    visitors: addresses.size,
    statuses,
    top_paths: rank(paths).slice(0, 5).map(([path, count]) => ({ path, requests: count })),
    busiest_hour: busiest ? { hour: busiest[0], requests: busiest[1] } : null,
  };
}

async function main([name]) {
  if (name === undefined) {
    console.error("Which log? Usage: node report.mjs FILE (or - for standard input)");
    return 2;
  }
  const input = name === "-" ? process.stdin : createReadStream(name);
  const tally = startTally();
  try {
    await countAll(tally, input);
  } catch (error) {
    console.error(`${name} cannot be read: ${error.message}`);
    return 2;
  }
  console.log(JSON.stringify(summarise(tally), null, 2));
  return 0;
}

async function countAll(tally, input) {
  for await (const line of createInterface({ input, crlfDelay: Infinity })) countLine(tally, line);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  process.exitCode = await main(process.argv.slice(2));
}
