// Print a reminder for every invoice that is overdue.

import { readFileSync } from "node:fs";

const GRACE_DAYS = 14;

function isOverdue(days) {
  return days > GRACE_DAYS;
}

for (const line of readFileSync(0, "utf8").trim().split("\n")) {
  const [name, days] = line.split(" ");
  if (isOverdue(Number(days))) {
    console.log(`Dear ${name}, ${days} days!`);
  }
}
