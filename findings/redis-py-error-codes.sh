#!/usr/bin/env bash
# redis-py 8.1.0 (PyPI): the text of an error that a Redis server answers.
# Expected: errors begin with Redis's code, as the protocol sends it (-OOM …, -WRONGTYPE …).
# Seen: the code stays where redis-py has no exception class for it, and is cut off where it has one, so
# looking for a code at the beginning of the text works for one error and silently fails for another.
# Answers come from a few lines that speak the protocol. Prints both, and fails if that is no longer so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check redis==8.1.0
"$folder/venv/bin/python" - <<'PYTHON'
import socket
import sys
import threading

import redis

SENT = (
    "WRONGTYPE Operation against a key holding the wrong kind of value",
    "OOM command not allowed when used memory > 'maxmemory'.",
)


def answer(line: str) -> str:
    """Return the text of the error that redis-py raises when a server answers so."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                while connection.recv(65536):
                    connection.sendall(f"-{line}\r\n".encode())

        threading.Thread(target=serve, daemon=True).start()
        client = redis.Redis(port=server.getsockname()[1], protocol=2, driver_info=None, retry=None)
        try:
            client.execute_command("APPEND", "key", "value")
        except redis.ResponseError as error:
            return str(error)
        finally:
            client.close()
    return ""


texts = [answer(line) for line in SENT]
for line, text in zip(SENT, texts, strict=True):
    print(f"sent:   -{line}\nraised: {text}")
if texts != [SENT[0], SENT[1].removeprefix("OOM ")]:
    sys.exit("This has changed.")
PYTHON
