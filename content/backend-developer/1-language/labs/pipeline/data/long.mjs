import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

import { IMPORTS } from "./hives.mjs";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc");
const held = [];

// Notes how many KiB are in use.
function weighMemory() {
  collectGarbage();
  held.push(Math.round(process.memoryUsage().heapUsed / 1024));
}

DEFINED

// Gives fifty items a round, and weighs the memory after the 10,000th and before the last fifty.
function* radio() {
  for (let number = 0; number <= LAST; number += 1) {
    if (number === 200 || number === LAST) weighMemory();
    yield* makeRound(number);
  }
}

const found = STEPS;
console.log();
console.log(JSON.stringify({ found, held }));
