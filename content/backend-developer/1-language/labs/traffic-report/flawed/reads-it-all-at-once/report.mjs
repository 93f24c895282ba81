import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const months = "JanFebMarAprMayJunJulAugSepOctNovDec";
const quoted = String.raw`"((?:\\.|[^"\\])*)"`;
const pattern = new RegExp(
  String.raw`^(\S+) \S+ \S+ \[(\d+)/(\w+)/(\d+):(\d+):\d+:\d+ \S+\] "([A-Z]+) (\S+) HTTP/\S+" (\d\d\d) (\d+|-) ${quoted} ${quoted}$`,
);

export function parseLine(line) {
  const found = line.trimEnd().match(pattern);
  if (!found || months.indexOf(found[3]) < 0) return null;
  const month = String(months.indexOf(found[3]) / 3 + 1).padStart(2, "0");
  return {
    address: found[1],
    hour: `${found[4]}-${month}-${found[2]} ${found[5]}:00`,
    method: found[6],
    path: found[7].split("?")[0],
    status: parseInt(found[8], 10),
    bytes: found[9] === "-" ? 0 : parseInt(found[9], 10),
  };
}

export function classifyStatus(status) {
  switch (Math.trunc(status / 100)) {
    case 1:
      return "informational";
    case 2:
      return "success";
    case 3:
      return "redirect";
    case 4:
      return "client_error";
    case 5:
      return "server_error";
    default:
      return "other";
  }
}

export function buildReport(lines) {
  const notEmpty = lines.filter((line) => line.trim() !== "");
  const records = notEmpty.map(parseLine).filter((record) => record !== null);
  const statuses = {
    informational: 0, success: 0, redirect: 0, client_error: 0, server_error: 0, other: 0,
  };
  const paths = {};
  const hours = {};
  let bytes = 0;
  for (const record of records) {
    statuses[classifyStatus(record.status)]++;
    paths[record.path] = (paths[record.path] || 0) + 1;
    hours[record.hour] = (hours[record.hour] || 0) + 1;
    bytes += record.bytes;
  }
  const byCount = (counts) => (a, b) => counts[b] - counts[a] || (a < b ? -1 : 1);
  const hour = Object.keys(hours).sort(byCount(hours))[0];
  return {
    requests: records.length,
    malformed: notEmpty.length - records.length,
    bytes,
    visitors: new Set(records.map((record) => record.address)).size,
    statuses,
    top_paths: Object.keys(paths)
      .sort(byCount(paths))
      .slice(0, 5)
      .map((path) => ({ path, requests: paths[path] })),
    busiest_hour: hour ? { hour, requests: hours[hour] } : null,
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const name = process.argv[2];
  if (!name) {
    console.error("usage: node report.mjs FILE");
    process.exit(2);
  }
  try {
    const text = readFileSync(name === "-" ? 0 : name, "utf8");
    console.log(JSON.stringify(buildReport(text.split("\n"))));
  } catch (error) {
    console.error(`cannot read ${name}: ${error.message}`);
    process.exit(2);
  }
}
