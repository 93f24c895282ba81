#!/usr/bin/env bash
# httpx 0.28.1 (PyPI): a Client with a base_url, given an address of another scheme, such as a link it followed.
# Expected: "mailto:someone@example.org" is an absolute URL (RFC 3986 §4.3), so it is refused or kept as it is.
# Seen: without `//` it counts as relative: the scheme is dropped, and the request goes to the base's server.
# Prints the address of the request that is built (nothing is sent), and fails if that is no longer so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check httpx==0.28.1
seen=$("$folder/venv/bin/python" - <<'PYTHON'
import httpx

client = httpx.Client(base_url="http://shop.example/api/")
print(client.build_request("GET", "mailto:someone@example.org").url)
PYTHON
)
printf 'mailto:someone@example.org becomes %s\n' "$seen"
[ "$seen" = "http://shop.example/api/someone@example.org" ] || { echo "This has changed."; exit 1; }
