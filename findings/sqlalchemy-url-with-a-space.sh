#!/usr/bin/env bash
# SQLAlchemy 2.1.9 and psycopg 3.3.9 (PyPI): a database URL read and written again.
# Expected: make_url(text).render_as_string(hide_password=False) is a URL that libpq takes, as the text was.
# Seen: a space in a password, written %20 as a URL must, comes back as a bare space, which libpq refuses.
# Prints both URLs and what libpq says of them, and fails if that is no longer so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check sqlalchemy==2.1.9 'psycopg[binary]==3.3.9'
"$folder/venv/bin/python" - <<'PYTHON'
import sys

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import make_url

given = "postgresql://learner:two%20words@localhost/shop"
written = make_url(given).render_as_string(hide_password=False)
verdicts = []
for url in (given, written):
    try:
        conninfo_to_dict(url)
        verdicts.append("taken")
    except ProgrammingError as error:
        verdicts.append(f"refused: {str(error).strip()}")
    print(url, "is", verdicts[-1])
if verdicts[0] != "taken" or not verdicts[1].startswith("refused"):
    sys.exit("This has changed.")
PYTHON
