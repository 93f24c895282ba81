// Print a reminder for every invoice that is overdue.

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

import { isOverdue } from "./rules.mjs";

export function main() {
  for (const line of readFileSync(0, "utf8").trim().split("\n")) {
    const [name, days] = line.split(" ");
    if (isOverdue(Number(days))) {
      console.log(`Dear ${name}, ${days} days!`);
    }
  }
}

const started = process.argv[1] ?? "";
if (import.meta.url === pathToFileURL(started).href) {
  main();
}
