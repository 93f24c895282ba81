"""A PostgreSQL that Milepost can't use is told with the reason and what to do, in a few lines."""

import re
from pathlib import Path
from urllib.parse import quote

import pytest
from sqlalchemy.engine import make_url

from harness.installation import run_milepost
from harness.older_postgres import claim_version

PASSWORD = "pa ss@1/2%"


class Own:
    """An empty database, with a user of its own who has an awkward password."""

    def __init__(self, url, name, connection):
        self.name = name
        self.user = f"{name}_operator"
        self.socket_folder = str(make_url(url).query["host"])
        self._connection = connection

    def url(self, *, user="", password=PASSWORD, name="", place=None):
        place = place or f"/{name or self.name}?host={quote(self.socket_folder, safe='')}&port=5432"
        return f"postgresql://{user or self.user}:{quote(password, safe='')}@{place}"

    def alter(self, change):
        self.execute(f"ALTER DATABASE {self.name} {change}")

    def execute(self, statement):
        self._connection.execute(statement)


@pytest.fixture
def own(postgres, database_name):
    name = f"{database_name}_own"
    with postgres.administer() as connection:
        own = Own(postgres.create_empty(name), name, connection)
        own.execute(f"DROP ROLE IF EXISTS {own.user}")
        own.execute(f"CREATE ROLE {own.user} LOGIN PASSWORD '{PASSWORD}'")
        own.alter(f"OWNER TO {own.user}")
        yield own
        postgres.drop(name)
        own.execute(f"DROP ROLE {own.user}")


def run(command, url, tmp_path, *arguments):
    return run_milepost(
        command,
        *arguments,
        MILEPOST_DATABASE_URL=url,
        MILEPOST_DATA_DIR=str(tmp_path / "data"),
        MILEPOST_PORT="18642",
    )


def require_told(answer, *words):
    said = answer.stderr
    assert "mistake" not in said
    assert "Traceback" not in said
    assert len(said.splitlines()) <= 4, said
    for word in words:
        assert word in said
    for secret in (PASSWORD, quote(PASSWORD, safe="")):
        assert secret not in answer.stdout + said


def test_database_with_an_awkward_password_is_filled_and_looked_at(own, tmp_path):
    migrated = run("migrate", own.url(), tmp_path)
    checked = run("migrate", own.url(), tmp_path, "--check")
    seen = run("doctor", own.url(), tmp_path, "--json")

    assert migrated.returncode == 0, migrated.stderr
    assert checked.returncode == 0, checked.stderr
    assert re.search(rf"{own.user}@.*/{own.name}, \d+ connections free", seen.stdout)
    assert PASSWORD not in seen.stdout


@pytest.mark.parametrize("command", ["up", "worker"])
def test_wrong_password_is_told_as_such(own, tmp_path, command):
    answer = run(command, own.url(password="wrong"), tmp_path)

    assert answer.returncode == 3
    require_told(answer, "does not let this user in", "pg_hba.conf")


def test_database_that_does_not_exist_is_told_with_what_makes_it(own, tmp_path):
    answer = run("up", own.url(name="nowhere"), tmp_path)

    assert answer.returncode == 3
    require_told(answer, "no such database", "CREATE DATABASE")


def test_user_without_rights_is_told_to_become_the_owner(own, tmp_path):
    own.alter("OWNER TO milepost")

    answer = run("up", own.url(), tmp_path)

    assert answer.returncode == 2
    require_told(answer, f"{own.user} may not make", "OWNER TO", "Nothing was changed")


def test_right_that_is_missing_while_something_is_done_is_told_too(own, tmp_path):
    assert run("migrate", own.url(), tmp_path).returncode == 0
    onlooker = f"{own.name}_onlooker"
    own.execute(f"CREATE ROLE {onlooker} LOGIN PASSWORD 'x'")
    try:
        answer = run("regrade", own.url(user=onlooker, password="x"), tmp_path)
    finally:
        own.execute(f"DROP ROLE {onlooker}")

    assert answer.returncode == 3
    require_told(answer, "lacks a right: permission denied", "REASSIGN OWNED")


@pytest.mark.parametrize("command", ["up", "web"])
def test_read_only_database_is_refused(own, tmp_path, command):
    own.alter("SET default_transaction_read_only = on")

    answer = run(command, own.url(), tmp_path)

    assert answer.returncode == 2
    require_told(answer, "read-only", "primary")


def test_database_that_can_not_hold_every_character_is_refused(own, postgres, tmp_path):
    latin = f"{own.name}_latin"
    own.execute(
        f"CREATE DATABASE {latin} OWNER {own.user} ENCODING 'LATIN1' LOCALE 'C' "
        "LOCALE_PROVIDER libc TEMPLATE template0"
    )
    try:
        answer = run("up", own.url(name=latin), tmp_path)
    finally:
        postgres.drop(latin)

    assert answer.returncode == 2
    require_told(answer, "LATIN1", "ENCODING 'UTF8'")


@pytest.mark.parametrize("command", ["up", "web", "worker"])
def test_server_that_is_too_old_is_refused_with_both_versions(own, tmp_path, command):
    with claim_version(Path(own.socket_folder) / ".s.PGSQL.5432", b"14.9") as port:
        answer = run(command, own.url(place=f"127.0.0.1:{port}/{own.name}"), tmp_path)

    assert answer.returncode == 2
    require_told(answer, "PostgreSQL 14.9", "15 or newer", "Nothing was changed")


def test_worker_without_a_connection_says_so(own, tmp_path):
    assert run("migrate", own.url(), tmp_path).returncode == 0
    own.alter("CONNECTION LIMIT 0")

    answer = run("worker", own.url(), tmp_path)

    assert answer.returncode == 3
    require_told(answer, "no connection left", "max_connections")


def test_worker_whose_pool_gets_no_connection_says_what_to_look_at(own, tmp_path):
    assert run("migrate", own.url(), tmp_path).returncode == 0
    own.alter("CONNECTION LIMIT 1")

    answer = run("worker", own.url(), tmp_path)

    assert answer.returncode == 3
    last = answer.stderr.splitlines()[-2:]
    assert "connection" in last[0]
    assert "max_connections" in last[1]
    assert "mistake" not in answer.stderr
    assert "Traceback" not in answer.stderr
