#!/usr/bin/env bash
# pytest 9.2.0 (PyPI): its own subtests beside its own JUnit XML report.
# Expected: `tests` of a test suite is the number of its test cases, as readers of the format count.
# Seen: one test with three subtests is one <testcase> in a suite that says tests="4".
# Prints both numbers, and fails if that is no longer so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pytest==9.2.0
cat >"$folder/test_sums.py" <<'PYTHON'
def test_sums(subtests):
    for number in (1, 2, 3):
        with subtests.test(number=number):
            assert number + number == 2 * number
PYTHON
(cd "$folder" && venv/bin/python -m pytest -q -p no:cacheprovider --junitxml=report.xml test_sums.py) >/dev/null
said=$(grep -o 'tests="[0-9]*"' "$folder/report.xml" | head -n 1)
cases=$(grep -o '<testcase' "$folder/report.xml" | wc -l)
printf 'The report says %s and holds %s <testcase>.\n' "$said" "$cases"
[ "$said" = 'tests="4"' ] && [ "$cases" = 1 ] || { echo "This has changed."; exit 1; }
