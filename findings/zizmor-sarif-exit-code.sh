#!/usr/bin/env bash
# zizmor 1.32.0 (PyPI), an auditor of GitHub workflows, and its exit code.
# Expected: the format of the report does not decide whether a workflow with a high finding fails a build.
# Seen: exit code 14 with --format plain, json and github; 0 with --format sarif, for the same findings.
# Prints the exit codes, and fails if that is no longer so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check zizmor==1.32.0
mkdir -p "$folder/.github/workflows"
cat >"$folder/.github/workflows/ci.yml" <<'YAML'
name: ci
on: pull_request_target
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - run: make test
YAML
seen=
for format in plain json github sarif; do
    code=0
    (cd "$folder" && venv/bin/zizmor --offline --no-progress --format "$format" .github/workflows/ci.yml) \
        >"$folder/$format.txt" 2>/dev/null || code=$?
    seen="$seen $format=$code"
done
levels=$(grep -o '"level": *"error"' "$folder/sarif.txt" | wc -l)
printf 'Exit codes by format:%s\nFindings of level error in the SARIF report: %s\n' "$seen" "$levels"
[ "$seen" = " plain=14 json=14 github=14 sarif=0" ] && [ "$levels" -gt 0 ] ||
    { echo "This has changed."; exit 1; }
