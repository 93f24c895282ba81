"""The private PostgreSQL, with real servers: kept data, passwords, clean ends."""

import os
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psutil
import psycopg
import pytest

from milepost.embedded import EmbeddedPostgres, find_running_dsn


def ask(dsn: str, query: str) -> object:
    with psycopg.connect(dsn) as connection:
        row = connection.execute(query).fetchone()
    assert row is not None
    return row[0]


def test_data_outlives_a_restart_and_the_address_stays(folder: Path) -> None:
    with EmbeddedPostgres(folder) as server:
        first = server.dsn
        with psycopg.connect(server.dsn) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")

    with EmbeddedPostgres(folder) as server:
        assert server.dsn == first
        assert ask(server.dsn, "SELECT answer FROM kept") == 42


def test_the_application_owns_its_database_but_is_no_superuser(server: EmbeddedPostgres) -> None:
    assert ask(server.dsn, "SELECT current_user || '@' || current_database()") == (
        "milepost@milepost"
    )
    assert ask(server.dsn, "SHOW is_superuser") == "off"
    assert ask(server.admin_dsn, "SHOW is_superuser") == "on"


@pytest.mark.parametrize("wanted", ["dsn", "admin_dsn"])
@pytest.mark.parametrize("password", ["", "milepost", "postgres"])
def test_a_wrong_password_is_refused_even_for_the_same_user(
    server: EmbeddedPostgres, wanted: str, password: str
) -> None:
    parts = urlsplit(getattr(server, wanted))
    forged = urlunsplit(parts._replace(netloc=f"{parts.username}:{password}@"))

    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(forged)


def test_passwords_are_stored_as_scram_and_readable_by_the_owner_only(
    server: EmbeddedPostgres,
) -> None:
    stored = ask(
        server.admin_dsn,
        "SELECT bool_and(rolpassword LIKE 'SCRAM-SHA-256$%') FROM pg_authid WHERE rolcanlogin",
    )

    assert stored is True
    for name in ("password", "admin-password"):
        assert (server.folder / name).stat().st_mode & 0o077 == 0


def test_no_network_socket_is_opened(server: EmbeddedPostgres) -> None:
    assert server.pid is not None
    process = psutil.Process(server.pid)

    assert ask(server.dsn, "SHOW listen_addresses") == ""
    assert [c for c in process.net_connections("inet") if c.status == psutil.CONN_LISTEN] == []


def test_text_is_utf8_and_sorts_by_code_point(server: EmbeddedPostgres) -> None:
    assert ask(server.dsn, "SHOW server_encoding") == "UTF8"
    assert ask(server.dsn, "SELECT upper('\u00e9t\u00e9') || ('Z' < 'a')::text") == "ÉTÉtrue"


def test_stopping_leaves_no_process_and_no_socket(folder: Path) -> None:
    server = EmbeddedPostgres(folder, durable=False)
    dsn = server.start()
    assert server.pid is not None
    family = [psutil.Process(server.pid), *psutil.Process(server.pid).children(recursive=True)]
    with psycopg.connect(dsn):
        server.stop()

    assert [process for process in family if process.is_running()] == []
    assert not (folder / "socket").exists()
    assert find_running_dsn(folder) is None


def test_another_process_finds_the_running_server(server: EmbeddedPostgres) -> None:
    assert find_running_dsn(server.folder) == server.dsn


def test_a_folder_too_deep_for_a_socket_works(tmp_path: Path) -> None:
    deep = tmp_path / ("deep" * 40) / "postgres"

    with EmbeddedPostgres(deep, durable=False) as server:
        assert ask(server.dsn, "SELECT 1") == 1


def test_the_callers_postgres_environment_does_not_get_in(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("PGDATA", "PGPORT", "LC_ALL", "LANG"):
        monkeypatch.setenv(name, "nonsense")

    with EmbeddedPostgres(folder, durable=False) as server:
        assert ask(server.dsn, "SELECT 1") == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root must not be seen as root")
def test_roots_server_has_no_rights_of_root(server: EmbeddedPostgres) -> None:
    assert server.pid is not None
    status = Path(f"/proc/{server.pid}/status").read_text()
    capabilities = [line.split()[1] for line in status.splitlines() if line.startswith("CapEff")]

    assert capabilities == ["0" * 16]
