// Tells what to do about a name that a check asks for, and that a file declares without exporting.
// It is imported only once a name is missing.

import { readFileSync } from "node:fs";

const DECLARED = /^(?:async +)?(?:function\b *\*? *|(?:const|let|var|class) +)([\w$]+)/gm;
const IS_COMMONJS = /^(?:module\.)?exports\b|\brequire\(/m;

/** Return that in brackets for the first of `names` that is declared there, or nothing. */
export function adviseExport(path, names) {
  const text = readFileSync(path, "utf8");
  const declared = new Set([...text.matchAll(DECLARED)].map(([, name]) => name));
  const name = names.find((each) => declared.has(each));
  if (name === undefined) return "";
  const isCommonJs = path.endsWith(".cjs") || (!path.endsWith(".mjs") && IS_COMMONJS.test(text));
  const how = isCommonJs ? "add it to `module.exports`" : "put `export` before it";
  return ` (\`${name}\` is there, but not exported: ${how})`;
}
