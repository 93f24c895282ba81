#!/usr/bin/env bash
# dockerfile-parse 2.0.1 (PyPI) and here-documents, which Dockerfiles have since BuildKit's syntax 1.4.
# Expected: a line inside a here-document is content of the file that is written, never an instruction.
# Seen: a line that begins with FROM there counts as a build stage, with the next word as its image.
# Prints what the parser reports, and fails if that is no longer so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check dockerfile-parse==2.0.1
cat >"$folder/Dockerfile" <<'DOCKERFILE'
FROM debian:12
COPY <<TEXT /usr/share/doc/greeting.txt
FROM the first day on, welcome.
TEXT
RUN true
DOCKERFILE
seen=$("$folder/venv/bin/python" - "$folder/Dockerfile" <<'PYTHON'
import sys

from dockerfile_parse import DockerfileParser

with open(sys.argv[1], "rb") as file:
    parser = DockerfileParser(fileobj=file)
    print("images:", *parser.parent_images)
    print("multistage:", parser.is_multistage)
PYTHON
)
printf 'A Dockerfile with one stage, whose here-document holds a line "FROM the first day on".\n%s\n' "$seen"
[ "$seen" = $'images: debian:12 the\nmultistage: True' ] || { echo "This has changed."; exit 1; }
