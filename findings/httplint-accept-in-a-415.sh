#!/usr/bin/env bash
# httplint 2026.10.4 (PyPI): a 415 that names what is taken, in Accept-Encoding (RFC 9110 §15.5.16) or in Accept.
# Expected: no complaint: RFC 9110 §12.5.1 and §12.5.3 define both for responses too, and §15.5.16 asks for the second.
# Seen: "isn't valid in a response" for each.
# Prints what is noted of such a response, and fails if that is no longer so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check httplint==2026.10.4
seen=$("$folder/venv/bin/python" - <<'PYTHON'
from httplint import HttpResponseLinter

linter = HttpResponseLinter()
linter.process_response_topline(b"HTTP/1.1", b"415", b"Unsupported Media Type")
linter.process_headers([(b"Accept", b"application/json"), (b"Accept-Encoding", b"identity"), (b"Content-Length", b"0")])
linter.finish_content(True)
for note in linter.notes:
    if "valid in a response" in str(note):
        print(note.level.name, note)
PYTHON
)
printf '%s\n' "$seen"
[ "$(grep -c '"Accept\(-Encoding\)\?" isn.t valid in a response' <<<"$seen")" = 2 ] || { echo "This has changed."; exit 1; }
