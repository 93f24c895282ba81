"""The private PostgreSQL when things go wrong: kills, stale files, folders it must refuse."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import psycopg
import pytest

from milepost.embedded import (
    EmbeddedPostgres,
    FolderInUse,
    FolderNotUsable,
    PostgresDidNotStart,
    PostgresNotFound,
    PostgresVersionRefused,
    binaries,
    find_postgres_binaries,
    find_running_dsn,
    postgres,
)
from milepost.embedded import folder as folders
from milepost.embedded.identity import Identity

SERVE = """
import sys, time
from pathlib import Path
from milepost.embedded import EmbeddedPostgres
server = EmbeddedPostgres(Path(sys.argv[1]))
server.start()
print(server.pid, flush=True)
time.sleep(600)
"""


def serve_elsewhere(folder: Path) -> tuple[subprocess.Popen[str], psutil.Process]:
    """Another process that serves the folder, and its server."""
    starter = subprocess.Popen(
        [sys.executable, "-c", SERVE, str(folder)], stdout=subprocess.PIPE, text=True
    )
    assert starter.stdout is not None
    server = psutil.Process(int(starter.stdout.readline()))
    starter.stdout.close()
    return starter, server


def kill(starter: subprocess.Popen[str]) -> None:
    starter.kill()
    starter.wait()


def test_a_killed_starter_takes_its_server_along_cleanly(folder: Path) -> None:
    starter, server = serve_elsewhere(folder)

    kill(starter)

    psutil.wait_procs([server], timeout=20)
    assert not server.is_running()
    assert "database system is shut down" in (folder / "server.log").read_text()


def test_a_new_start_waits_for_the_server_of_a_killed_starter(folder: Path) -> None:
    starter, _ = serve_elsewhere(folder)
    kill(starter)

    with EmbeddedPostgres(folder) as server:
        assert server.is_running()


def test_everything_killed_at_once_is_recovered_from(folder: Path) -> None:
    starter, server = serve_elsewhere(folder)
    dsn = find_running_dsn(folder)
    assert dsn
    with psycopg.connect(dsn) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    for process in [server, *server.children()]:
        process.kill()
    kill(starter)
    assert (folder / "cluster" / "postmaster.pid").exists()
    # The process id in the stale file may belong to somebody else by now: here, to this test.
    stale = (folder / "cluster" / "postmaster.pid").read_text().splitlines()
    (folder / "cluster" / "postmaster.pid").write_text("\n".join([str(os.getpid()), *stale[1:]]))

    with EmbeddedPostgres(folder) as again, psycopg.connect(again.dsn) as connection:
        assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)


def test_a_server_that_died_is_noticed_and_can_be_started_again(folder: Path) -> None:
    server = EmbeddedPostgres(folder)
    server.start()
    assert server.pid is not None
    psutil.Process(server.pid).kill()
    psutil.Process(server.pid).wait(10)

    assert not server.is_running()
    server.stop()
    server.start()
    assert server.is_running()
    server.stop()


def test_the_same_folder_twice_is_refused_by_name(folder: Path) -> None:
    starter, _ = serve_elsewhere(folder)
    try:
        with pytest.raises(FolderInUse, match=f"process {starter.pid}") as refusal:
            EmbeddedPostgres(folder).start()
        assert "MILEPOST_DATA_DIR" in refusal.value.fix
    finally:
        kill(starter)


def test_a_first_start_that_was_interrupted_is_begun_anew(folder: Path) -> None:
    unfinished = folder / "cluster.unfinished"
    unfinished.mkdir(parents=True)
    (unfinished / "PG_VERSION").write_text("18\n")

    with EmbeddedPostgres(folder, durable=False) as server:
        assert server.is_running()
    assert not unfinished.exists()


def test_a_cluster_without_its_role_and_database_is_completed(folder: Path) -> None:
    with (
        EmbeddedPostgres(folder, durable=False) as server,
        psycopg.connect(server.admin_dsn, autocommit=True) as connection,
    ):
        connection.execute("DROP DATABASE milepost")
        connection.execute("DROP ROLE milepost")

    with EmbeddedPostgres(folder, durable=False) as server, psycopg.connect(server.dsn) as again:
        assert again.execute("SELECT 1").fetchone() == (1,)


@pytest.mark.parametrize(("made_by", "fix"), [(99, "Update Milepost"), (9, "pg_upgrade")])
def test_a_folder_of_another_postgres_is_refused_and_left_alone(
    folder: Path, made_by: int, fix: str
) -> None:
    version = folder / "cluster" / "PG_VERSION"
    version.parent.mkdir(parents=True)
    version.write_text(f"{made_by}\n")

    with pytest.raises(PostgresVersionRefused, match=f"PostgreSQL {made_by}") as refusal:
        EmbeddedPostgres(folder).start()

    assert fix in refusal.value.fix
    assert [path.name for path in version.parent.iterdir()] == ["PG_VERSION"]


def test_a_file_in_the_folders_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("not a folder")

    with pytest.raises(FolderNotUsable, match="can't be written"):
        EmbeddedPostgres(tmp_path / "data" / "postgres").start()


def test_a_server_that_can_not_start_says_why_and_leaves_nothing(folder: Path) -> None:
    with EmbeddedPostgres(folder, durable=False):
        pass
    (folder / "cluster" / "global" / "pg_control").unlink()

    with pytest.raises(PostgresDidNotStart, match="pg_control"):
        EmbeddedPostgres(folder).start()

    assert not folders.is_locked(folder / "lock")


def test_a_socket_folder_made_by_somebody_else_is_not_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = tmp_path / ("deep" * 40)
    deep.mkdir()
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    owners = {os.geteuid()}
    # pytest's own folders may be too deep for a socket already.
    with tempfile.TemporaryDirectory() as runtime:
        monkeypatch.setenv("XDG_RUNTIME_DIR", runtime)
        honest = folders.make_socket_folder(deep, ".s", owners=owners)
        assert honest.parent == Path(runtime)
        honest.rmdir()
        honest.symlink_to(theirs)

        elsewhere = folders.make_socket_folder(deep, ".s", owners=owners)

    assert elsewhere.parent != Path(runtime)
    elsewhere.rmdir()


def test_without_binaries_the_fix_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "_candidates", lambda: iter(()))

    with pytest.raises(PostgresNotFound) as refusal:
        EmbeddedPostgres(folder).start()

    assert "MILEPOST_DATABASE_URL" in refusal.value.fix


@pytest.mark.parametrize("source", ["wheel", "system"])
def test_both_kinds_of_binaries_serve(
    folder: Path, source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = [each for each in find_postgres_binaries() if each.source == source]
    if not chosen:
        pytest.skip(f"this machine has no PostgreSQL of the {source}")
    monkeypatch.setattr(postgres, "find_postgres_binaries", lambda: chosen)

    with EmbeddedPostgres(folder, durable=False) as server, psycopg.connect(server.dsn) as session:
        version = session.execute("SHOW server_version").fetchone()

    assert version is not None
    assert version[0].startswith(chosen[0].version)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
class TestAsRoot:
    """What root meets where user namespaces are blocked, or folders are others'."""

    def test_without_namespaces_it_runs_as_another_user(self, monkeypatch) -> None:
        # pytest's own folders are closed to other users.
        place = Path("/tmp") / f"milepost-test-{os.getpid()}-{time.monotonic_ns()}"  # noqa: S108
        monkeypatch.setattr("milepost.embedded.identity._hidden_root", lambda: None)
        monkeypatch.setattr(postgres, "find_postgres_binaries", _reachable_binaries)
        place.mkdir(mode=0o755)
        try:
            with EmbeddedPostgres(place / "postgres", durable=False) as server:
                assert server.pid is not None
                assert psutil.Process(server.pid).uids().effective != 0
            with EmbeddedPostgres(place / "postgres", durable=False) as server:
                assert server.is_running()
        finally:
            shutil.rmtree(place)

    def test_when_nothing_is_possible_it_says_so(self, folder: Path, monkeypatch) -> None:
        monkeypatch.setattr("milepost.embedded.identity._works", lambda *_: False)

        with pytest.raises(FolderNotUsable, match="does not run as root") as refusal:
            EmbeddedPostgres(folder).start()

        assert "ordinary user" in refusal.value.fix

    def test_an_identity_that_can_not_reach_the_folder_is_passed_over(self, tmp_path: Path) -> None:
        from milepost.embedded.identity import _works

        tmp_path.chmod(0o700)
        nobody = Identity(("--user", "65534", "65534"), 65534, 65534)

        assert not _works(nobody, Path("/bin/true"), tmp_path)


def _reachable_binaries() -> list[binaries.PostgresBinaries]:
    """Those that another user can run: root's own environment may be closed to others."""
    found = find_postgres_binaries()
    system = [each for each in found if each.source == "system"]
    return system or found


def test_a_child_gives_up_when_its_parent_is_gone(tmp_path: Path) -> None:
    from milepost.embedded.parent_death import dying_with_parent

    command = dying_with_parent(["/bin/touch", str(tmp_path / "ran")], on_orphaned=signal.SIGTERM)
    command = [word if not word.startswith("--parent") else "--parent=1" for word in command]

    assert subprocess.run(command, check=False).returncode == 0
    assert not (tmp_path / "ran").exists()
