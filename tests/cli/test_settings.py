"""Settings that can't be meant: each ends the command with its name, and nothing of a secret."""

from urllib.parse import quote

import psycopg.conninfo
import pytest
from sqlalchemy import text

from harness.installation import run_milepost
from milepost.core.addresses import describe_postgres
from milepost.core.config import Settings
from milepost.core.database import Database, to_psycopg_url, to_sqlalchemy_url
from milepost.core.statements import Statement

SHOWN = text("SELECT current_setting('application_name'), current_setting('lock_timeout')")


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("DATABASE_URL", "mysql://root:geheim@db/milepost", "PostgreSQL only"),
        ("DATABASE_URL", "sqlite:///geheim.db", "PostgreSQL only"),
        ("DATABASE_URL", "db.example.org/geheim", "not a URL"),
        ("DATABASE_URL", "", "is empty"),
        ("DATABASE_URL", "postgresql://me:gehe@im@db/milepost", "write @ as %40"),
        ("DATABASE_URL", "postgresql://me:gehe/im@db/milepost", "/ as %2F"),
        ("DATABASE_URL", "postgresql://me:100%geheim@db/milepost", "% as %25"),
        ("DATABASE_URL", "postgresql://me:geheim@db:99999/milepost", "from 1 to 65535"),
        ("DATABASE_URL", "postgresql://me:geheim@db/milepost?geheim=1", "PostgreSQL can read"),
        ("PUBLIC_URL", "learn.example.org", "begin with http"),
        ("PUBLIC_URL", "ftp://learn.example.org", "begin with http"),
        ("PUBLIC_URL", "https://learn.example.org/milepost", "end after the host"),
        ("PUBLIC_URL", "https://learn.example.org?a=b", "end after the host"),
        ("PUBLIC_URL", "https://", "name a host"),
        ("PUBLIC_URL", "https://me:geheim@learn.example.org", "name a host"),
        ("PUBLIC_URL", "https://learn.example.org:port", "not a URL"),
        ("LOG_LEVEL", "loud", "DEBUG, INFO"),
        ("LOG_FORMAT", "xml", "json"),
        ("PORT", "tcp://10.0.0.1:8642", "integer"),
    ],
)
def test_value_that_can_not_be_meant_is_refused_by_the_setting_that_has_it(name, value, words):
    answer = run_milepost("open", **{f"MILEPOST_{name}": value})

    assert answer.returncode == 2
    assert f"MILEPOST_{name}" in answer.stderr
    assert words in answer.stderr
    assert "mistake" not in answer.stderr
    assert "geheim" not in answer.stderr
    assert "im@db" not in answer.stderr


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("MILEPOST_DATABSE_URL", "MILEPOST_DATABASE_URL"),
        ("MILEPOST_ISOLATON", "MILEPOST_ISOLATION"),
        ("milepost_worker", "MILEPOST_WORKERS"),
    ],
)
def test_unknown_setting_is_refused_with_the_one_that_was_meant(name, nearest):
    answer = run_milepost("open", **{name: "geheim"})

    assert answer.returncode == 2
    assert f"no setting {name}" in answer.stderr
    assert f"Did you mean {nearest}?" in answer.stderr
    assert "geheim" not in answer.stderr


def test_unknown_setting_that_resembles_none_is_refused_too():
    answer = run_milepost("open", MILEPOST_XYZZY="1")

    assert answer.returncode == 2
    assert "no setting MILEPOST_XYZZY" in answer.stderr
    assert "Did you mean" not in answer.stderr


@pytest.mark.parametrize(
    "value",
    ["https://learn.example.org/", "https://learn.example.org", "HTTPS://learn.example.org"],
)
def test_public_url_loses_the_slash_at_its_end(value):
    settings = Settings(public_url=value)

    assert settings.base_url == "https://learn.example.org"
    assert settings.is_https


@pytest.mark.parametrize("password", ["pa ss", "a@b", "100%", "a/b:c?d#e", "é+&="])
def test_password_is_the_same_for_whoever_connects(password):
    url = f"postgresql://me:{quote(password, safe='')}@db.example.org:5433/milepost?sslmode=require"

    by_libpq = psycopg.conninfo.conninfo_to_dict(to_psycopg_url(url))
    dialect = to_sqlalchemy_url(url).get_dialect()()
    _, by_sqlalchemy = dialect.create_connect_args(to_sqlalchemy_url(url))

    assert by_libpq["password"] == by_sqlalchemy["password"] == password
    assert by_libpq["host"] == by_sqlalchemy["host"] == "db.example.org"
    assert by_sqlalchemy["sslmode"] == "require"
    assert password not in describe_postgres(url)
    assert password not in repr(to_sqlalchemy_url(url))


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_usual_spelling_of_postgresql_is_taken(scheme):
    url = f"{scheme}://me@one,two/milepost"

    assert to_psycopg_url(url) == "postgresql://me@one,two/milepost"
    assert describe_postgres(url) == "me@one,two:5432/milepost"


async def test_options_of_a_url_hold_beside_our_own(database_url):
    database = Database(f"{database_url}&options=-c%20application_name%3Dmine")
    try:
        async with database.transaction() as session:
            seen = await session.execute(SHOWN)
            assert seen.one() == ("mine", "10s")
        assert await database.reader.find_row(Statement(SHOWN)) == ("mine", "10s")
    finally:
        await database.aclose()


@pytest.mark.parametrize(
    ("host", "words"),
    [("no-such-host.invalid", "can look up"), ("192.0.2.1", "not an address of this machine")],
)
def test_host_that_is_not_this_machine_is_refused_with_the_reason(host, words, tmp_path):
    answer = run_milepost("up", "--port", "0", "--host", host, "--data", str(tmp_path / "data"))

    assert answer.returncode == 2
    assert host in answer.stderr
    assert words in answer.stderr
