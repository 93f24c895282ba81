#!/bin/sh
# Makes the environment in .venv from the lock file, with a Python that is there already.
# Usage: scripts/bootstrap.sh [dev]. Does nothing, at once, when nothing has changed.
# uv is taken from PATH when it is new enough, else installed into .tools from the package index.
set -eu
cd "$(dirname "$0")/.."

UV_VERSION=0.13.9
UV_OLDEST_MINOR=9
groups=${1:-}

say() { printf '%s\n' "$*" >&2; }
give_up() { say "$1"; say "$2"; exit 3; }

# What the environment depends on. The folder is part of it: scripts in .venv name it.
wanted="$(cat uv.lock pyproject.toml scripts/bootstrap.sh | cksum) $(pwd)"
is_made() { [ -x .venv/bin/milepost ] && [ "$(cat ".venv/made-$1" 2>/dev/null)" = "$wanted" ]; }
if is_made dev || { [ -z "$groups" ] && is_made run; }; then
    .venv/bin/python -c '' 2>/dev/null && exit 0
fi

# Prints the first Python from 3.11 on that can do "$1" (Python source).
find_python() {
    for candidate in ${PYTHON:+"$PYTHON"} python3 python3.13 python3.12 python3.11 python3.14 \
        /usr/bin/python3 /usr/local/bin/python3 /usr/bin/python3.13 /usr/bin/python3.12 \
        /usr/bin/python3.11 /usr/bin/python3.14; do
        "$candidate" -c "import sys; sys.exit(sys.version_info < (3, 11))" >/dev/null 2>&1 || continue
        "$candidate" -c "$1" >/dev/null 2>&1 || continue
        "$candidate" -c 'import sys; print(sys.executable)'
        return 0
    done
    return 1
}

# Caches and the like need a home that can be written; service accounts often have none.
if [ ! -w "${HOME:-/nonexistent}" ]; then
    mkdir -p .tools/home
    HOME=$(pwd)/.tools/home
    export HOME
fi

is_new_enough() {
    version=$("$1" --version 2>/dev/null | cut -d' ' -f2) || return 1
    major=${version%%.*}
    minor=${version#*.}; minor=${minor%%.*}
    [ "${major:-0}" -gt 0 ] || [ "${minor:-0}" -ge "$UV_OLDEST_MINOR" ]
}
if command -v uv >/dev/null 2>&1 && is_new_enough uv; then
    uv=uv
else
    uv=.tools/uv/bin/uv
    if [ "$($uv --version 2>/dev/null | cut -d' ' -f2)" != "$UV_VERSION" ]; then
        with_venv=$(find_python 'import venv, ensurepip') || give_up \
            "No Python 3.11 or newer with venv was found, so the environment can't be made." \
            "Install one (on Debian and Ubuntu: apt install python3 python3-venv), or name it: make PYTHON=/path/to/python3"
        say "Installing uv $UV_VERSION into .tools"
        rm -rf .tools/uv
        "$with_venv" -m venv .tools/uv
        .tools/uv/bin/python -m pip install --quiet --disable-pip-version-check "uv==$UV_VERSION" || give_up \
            "uv $UV_VERSION could not be installed from the package index." \
            "Check the network and pip's settings, or install uv yourself and run this again."
    fi
fi

# An environment that still works, and stands where it was made, keeps its Python.
if [ -e .venv ]; then
    made_in=$(cat .venv/made-run .venv/made-dev 2>/dev/null | head -n 1 | cut -d' ' -f3-)
    if ! .venv/bin/python -c '' 2>/dev/null || [ "${made_in:-$(pwd)}" != "$(pwd)" ]; then
        rm -rf .venv
    fi
fi
python=.venv/bin/python
if [ ! -x "$python" ]; then
    python=$(find_python 'import ctypes, ssl, zlib, venv') || give_up \
        "No Python 3.11 or newer was found." \
        "Install one (on Debian and Ubuntu: apt install python3 python3-venv), or name it: make PYTHON=/path/to/python3"
fi

say "Making the environment in .venv with $("$python" --version)"
only=--no-dev
[ -n "$groups" ] && only=--dev
rm -f .venv/made-run .venv/made-dev
say "This takes some 600 MB and, the first time, a minute or more of downloading"
export UV_COMPILE_BYTECODE=1 UV_PYTHON_DOWNLOADS=never UV_NO_PROGRESS=1
sync() { "$uv" sync --frozen --quiet $only --python "$python"; }
# Behind a proxy that opens TLS, only the system knows the certificate to trust: uv's own come first.
sync || {
    say "Trying once more, with the system's own certificates"
    export UV_SYSTEM_CERTS=1 UV_NATIVE_TLS=1
    sync
} || give_up \
    "The environment could not be made; the lines above say why." \
    "Check the network and free disk space, then run this again: it continues where it stopped."
# Compiled once here, so that the first start does not pay for it.
.venv/bin/python -m compileall -q src || true

made=run
[ -n "$groups" ] && made=dev
printf '%s' "$wanted" >".venv/made-$made"
