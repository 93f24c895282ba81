// Finds where the syntax error stands for which a module does not load.
//
// Node.js tells that of an ES module without a file or a line, but `node --check FILE` knows them.
// So this asks about the entry module and then about what it imports, until one fails with that
// very error. It is imported only then, and no module that loads pays for it.

import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";

const MAX_MILLISECONDS = 1500; // for all files; one takes about 40
const MAX_OUTPUT = 65536;
const IMPORTED = /["'](\.{1,2}\/[^"'\n]+\.[cm]?js)["']/g;
const IS_WITHOUT_PLACE = /^SyntaxError: .*\n +at .*\(node:internal\//;
const FIRST_LINE = /^\S.*:(\d+)$/m;
const FRAMES = /\n+ +at [^]*/;

/** Return what `node --check` says of a file: nothing where it parses, or no answer comes. */
function check(path, signal) {
  const { promise, resolve: settle } = Promise.withResolvers();
  const options = { signal, maxBuffer: MAX_OUTPUT };
  execFile(process.execPath, ["--check", path], options, (_, _stdout, stderr) => settle(stderr));
  return promise;
}

function listImports(path) {
  try {
    const found = readFileSync(path, "utf8").matchAll(IMPORTED);
    return [...found].map(([, name]) => resolve(dirname(path), name));
  } catch {
    return []; // there is no such file
  }
}

/** Let the message and the trace say file and line. An error that is not found stays as it is. */
export async function addPlace(error, work, entry) {
  if (!IS_WITHOUT_PLACE.test(error.stack)) return;
  const signal = AbortSignal.timeout(MAX_MILLISECONDS);
  const paths = new Set([resolve(work, entry)]);
  for (const path of paths) {
    const told = await check(path, signal);
    if (signal.aborted) return;
    const first = FIRST_LINE.exec(told);
    if (first?.[0].includes(path) && told.includes(`\nSyntaxError: ${error.message}\n`)) {
      error.stack = told.slice(first.index).replace(FRAMES, "");
      error.message += ` (${relative(work, path)}, line ${first[1]})`;
      return;
    }
    for (const each of listImports(path)) paths.add(each);
  }
}
