// What Node.js runs before a program's own file when it was started ahead of time (waiting.py).
//
// It waits until it is told to go on, with arguments and environment as they are by then, and
// leaves no trace of itself. Workers of the program run it too, and then there is nothing to do.
"use strict";

const descriptor = Number(process.env.MILEPOST_WAITS_AT);
if (descriptor) {
  const { closeSync, readFileSync } = require("node:fs");
  for (const name of process.env.MILEPOST_LOADS_AHEAD.split(" ").filter(Boolean)) require(name);
  const word = readFileSync(descriptor, "utf8");
  closeSync(descriptor);
  if (!word) process.exit(); // the launcher needs no program any more
  const { arguments: others, environment } = JSON.parse(word);
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, environment);
  process.argv.push(...others);
}
delete require.cache[__filename];
