// Turn a web server's access log into a report.
//
// Run it:  node report.mjs sample.log
import { pathToFileURL } from "node:url";

/** Return what one line says, or null when it is malformed. */
export function parseLine(line) {
  return null;
}

/** Return one of the six words for a status. */
export function classifyStatus(status) {
  return null;
}

/** Return the report of these lines. */
export function buildReport(lines) {
  return {};
}

async function main(args) {
  // Which log is meant? What if it can't be read?
  const report = buildReport([]);
  console.log(JSON.stringify(report, null, 2));
  return 0;
}

// True when this file is run, false when another program imports it to use its functions.
if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.exitCode = await main(process.argv.slice(2));
}
