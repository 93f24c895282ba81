#!/usr/bin/env bash
# pytest 9.2.0 and starlette 1.10.0 (PyPI): monkeypatch.setattr on an application's `State`.
# Expected: when the test is over, the attribute has its old value again.
# Seen: it is gone. A State keeps attributes in a mapping of its own, pytest reads the old value from the
# object's __dict__, finds none there, and undoes by deleting; tests that follow fail far away.
# Prints the value before, during and after, and fails if that is no longer so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pytest==9.2.0 starlette==1.10.0
seen=$("$folder/venv/bin/python" - <<'PYTHON'
import pytest
from starlette.datastructures import State

state = State()
state.limit = 1
words = [state.limit]
with pytest.MonkeyPatch.context() as patch:
    patch.setattr(state, "limit", 2)
    words.append(state.limit)
words.append(getattr(state, "limit", "gone"))
print(*words)
PYTHON
)
printf 'Before, during and after the patch: %s\n' "$seen"
[ "$seen" = "1 2 gone" ] || { echo "This has changed."; exit 1; }
