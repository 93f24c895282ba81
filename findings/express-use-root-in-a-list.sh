#!/usr/bin/env bash
# Express 5.3.0 (npm): `app.use` takes a path or a list of paths, and `/` is the path that everything lies below.
# Expected: `app.use(["/"], f)` calls f for the same requests as `app.use("/", f)` does, as it is in Express 4.
# Seen: in a list, `/` fits the root alone, and no address below it. There is no warning.
# Prints who was called for two addresses, and fails if that is no longer so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund express@5.3.0 express4@npm:express@4.22.1 >/dev/null
cat >main.mjs <<'JS'
for (const [name, version] of [["express4", 4], ["express", 5]]) {
  const { default: express } = await import(name);
  const app = express();
  app.use("/", (request, response, next) => { response.set("x-text", "yes"); next(); });
  app.use(["/"], (request, response, next) => { response.set("x-list", "yes"); next(); });
  const server = app.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  for (const path of ["/", "/rooms"]) {
    const { headers } = await fetch(`http://127.0.0.1:${server.address().port}${path}`);
    console.log(version, path, "text:", headers.get("x-text"), "list:", headers.get("x-list"));
  }
  server.close();
}
JS
seen=$(node main.mjs)
printf '%s\n' "$seen"
[ "$seen" = $'4 / text: yes list: yes\n4 /rooms text: yes list: yes\n5 / text: yes list: yes\n5 /rooms text: yes list: null' ] || { echo "This has changed."; exit 1; }
