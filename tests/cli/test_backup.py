"""`milepost backup` and `milepost restore`: everything comes back, or nothing is touched."""

import io
import threading
import zipfile
from contextlib import contextmanager

import httpx
import psycopg
import pytest
from psycopg import sql
from sqlalchemy import create_engine, make_url

from harness.installation import run_milepost, start_milepost, stop_milepost
from milepost.core.database import to_psycopg_url, to_sqlalchemy_url
from milepost.core.schema import get_newest_revision, run_migrations

TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
SIGN_INS = ("access_tokens", "browser_sessions", "device_authorizations", "sign_in_links")
SHAPE = """
    SELECT 'column', table_name, column_name || ' ' || data_type || ' ' || is_nullable
        || COALESCE(column_default, '') FROM information_schema.columns
    WHERE table_schema = 'public'
    UNION SELECT 'constraint', conrelid::regclass::text, conname || pg_get_constraintdef(oid)
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION SELECT 'index', tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION SELECT 'trigger', tgrelid::regclass::text, tgenabled::text || pg_get_triggerdef(oid)
    FROM pg_trigger WHERE NOT tgisinternal
    UNION SELECT 'function', proname, prosrc FROM pg_proc
    WHERE pronamespace = 'public'::regnamespace
    ORDER BY 1, 2, 3
"""


@pytest.fixture
def elsewhere(postgres, database_name):
    """The URL of another, empty database."""
    name = f"{database_name}_elsewhere"
    yield postgres.create_empty(name)
    postgres.drop(name)


def back_up(url, file, *options):
    return run_milepost("backup", str(file), *options, MILEPOST_DATABASE_URL=url)


def restore(url, file, tmp_path, *options):
    data = str(tmp_path / "data")
    return run_milepost("restore", str(file), *options, "--data", data, MILEPOST_DATABASE_URL=url)


@contextmanager
def asking(url):
    with psycopg.connect(to_psycopg_url(url), autocommit=True) as connection:
        yield lambda query: connection.execute(query).fetchall()


def read_everything(url):
    """Every row of every table as text, where every sequence stands, and the schema's shape."""
    with psycopg.connect(to_psycopg_url(url)) as connection:
        rows = {
            table: connection.execute(
                sql.SQL("SELECT row::text FROM {} AS row ORDER BY 1").format(sql.Identifier(table))
            ).fetchall()
            for (table,) in connection.execute(TABLES)
        }
        sequences = connection.execute(
            "SELECT sequencename, last_value FROM pg_sequences ORDER BY 1"
        ).fetchall()
        return rows, sequences, connection.execute(SHAPE).fetchall()


def except_sign_ins(everything):
    """The same without the rows of what lets people in, of which only the number stays."""
    rows, *rest = everything
    return [rows | {table: len(rows[table]) for table in SIGN_INS}, *rest]


async def test_everything_comes_back_into_an_empty_database(database, make, elsewhere, tmp_path):
    learner = await make.learner()
    lab = await make.lab()
    awkward = {"adding.py": "# tab\t, back\\slash, \\N, ünï, 'quotes'\r\n\\.\n"}
    await make.submission(lab=lab, learner=learner, files=awkward)
    await make.draft(lab=lab, learner=learner, files=awkward)
    before = read_everything(database.url)

    made = back_up(database.url, tmp_path / "backup.milepost")
    restored = restore(elsewhere, tmp_path / "backup.milepost", tmp_path)

    assert made.returncode == 0, made.stderr
    assert restored.returncode == 0, restored.stderr
    assert before[0]["submission_files"]
    assert before[0]["procrastinate_jobs"]
    assert except_sign_ins(read_everything(elsewhere)) == except_sign_ins(before)
    assert read_everything(database.url) == before


async def test_backup_made_while_others_write_is_of_one_moment(database, make, elsewhere, tmp_path):
    await make.learner()  # brings one user and one session of theirs
    ended = threading.Event()

    def sign_people_in():
        with psycopg.connect(to_psycopg_url(database.url)) as connection:
            while not ended.is_set():
                connection.execute("""
                    WITH person AS (INSERT INTO users (id, name, created_at)
                    VALUES (gen_random_uuid(), 'Somebody', now()) RETURNING id)
                    INSERT INTO sign_in_links (id, user_id, token_hash, created_at, expires_at)
                    SELECT gen_random_uuid(), id, id::text::bytea, now(), now() FROM person
                """)
                connection.commit()

    writer = threading.Thread(target=sign_people_in)
    writer.start()
    try:
        made = back_up(database.url, tmp_path / "backup")
    finally:
        ended.set()
        writer.join()
    restored = restore(elsewhere, tmp_path / "backup", tmp_path)

    assert (made.returncode, restored.returncode) == (0, 0)
    with asking(elsewhere) as ask:
        [(people, links)] = ask(
            "SELECT (SELECT count(*) FROM users WHERE name = 'Somebody'),"
            " (SELECT count(*) FROM sign_in_links WHERE expires_at = created_at)"
        )
    assert people == links
    assert people > 0


async def test_database_that_holds_rows_is_replaced_only_by_force(
    database, make, elsewhere, tmp_path
):
    await make.learner()
    back_up(database.url, tmp_path / "backup")
    kept = read_everything(database.url)
    assert restore(elsewhere, tmp_path / "backup", tmp_path).returncode == 0
    with asking(elsewhere) as ask:
        ask("UPDATE users SET name = 'Changed since' RETURNING id")
    changed = read_everything(elsewhere)

    refused = restore(elsewhere, tmp_path / "backup", tmp_path)
    left_alone = read_everything(elsewhere)
    forced = restore(elsewhere, tmp_path / "backup", tmp_path, "--force")

    assert refused.returncode == 2
    assert "--force" in refused.stderr
    assert "Nothing was changed" in refused.stderr
    assert left_alone == changed
    assert forced.returncode == 0, forced.stderr
    assert except_sign_ins(read_everything(elsewhere)) == except_sign_ins(kept)


async def test_no_sign_in_of_the_backups_time_is_valid_after_a_restore(
    database, make, elsewhere, tmp_path
):
    await make.learner()  # brings a session
    with asking(database.url) as ask:
        ask("""
            WITH token AS (
                INSERT INTO access_tokens (id, user_id, token_hash, name, created_at, expires_at)
                SELECT gen_random_uuid(), id, 'token', 'laptop', now(), now() + '1 day' FROM users
            ), link AS (
                INSERT INTO sign_in_links (id, user_id, token_hash, created_at, expires_at)
                SELECT gen_random_uuid(), id, 'link', now(), now() + '1 day' FROM users
            )
            INSERT INTO device_authorizations (id, device_code_hash, user_code, client_name,
                user_id, created_at, expires_at, approved_at)
            SELECT gen_random_uuid(), 'device', 'ABCD-EFGH', 'laptop', id, now(),
                now() + '1 day', now() FROM users RETURNING id
        """)
    back_up(database.url, tmp_path / "backup")

    restored = restore(elsewhere, tmp_path / "backup", tmp_path)

    assert restored.returncode == 0, restored.stderr
    assert "signs in again" in restored.stdout
    valid = """
        SELECT kind, count(*) FROM (
            SELECT 'session' AS kind, revoked_at AS ended, expires_at FROM browser_sessions
            UNION ALL SELECT 'token', revoked_at, expires_at FROM access_tokens
            UNION ALL SELECT 'link', used_at, expires_at FROM sign_in_links
            UNION ALL SELECT 'device', redeemed_at, expires_at FROM device_authorizations
        ) AS sign_ins WHERE ended IS NULL AND expires_at > now() GROUP BY 1
    """
    with asking(database.url) as ask:
        assert {kind for kind, _ in ask(valid)} == {"session", "token", "link", "device"}
    with asking(elsewhere) as ask:
        assert ask(valid) == []
        assert ask("SELECT count(*) FROM browser_sessions") != [(0,)]


async def test_tables_of_an_extension_are_left_as_they_are(
    postgres, database, make, elsewhere, tmp_path
):
    await make.learner()
    back_up(database.url, tmp_path / "backup")
    name = make_url(elsewhere).database
    with psycopg.connect(postgres.admin_dsn, dbname=name) as admin:
        admin.execute("CREATE TABLE brought_along AS SELECT 7 AS kept")
        admin.execute("ALTER TABLE brought_along OWNER TO milepost")
        admin.execute("ALTER EXTENSION plpgsql ADD TABLE brought_along")

    first = restore(elsewhere, tmp_path / "backup", tmp_path)
    again = restore(elsewhere, tmp_path / "backup", tmp_path, "--force")
    back_up(elsewhere, tmp_path / "next")

    assert first.returncode == 0, first.stderr
    assert again.returncode == 0, again.stderr
    with asking(elsewhere) as ask:
        assert ask("SELECT kept FROM brought_along") == [(7,)]
    with zipfile.ZipFile(tmp_path / "next") as archive:
        assert not [name for name in archive.namelist() if "brought_along" in name]


async def test_database_in_use_is_not_replaced(database, make, elsewhere, tmp_path):
    await make.learner()
    back_up(database.url, tmp_path / "backup")

    with asking(elsewhere):
        answer = restore(elsewhere, tmp_path / "backup", tmp_path)

    assert answer.returncode == 2
    assert "Stop every web server and worker" in answer.stderr


def spoil_end(content):
    return content[:-200]


def spoil_middle(content):
    """Turn one bit of what the largest table holds: some bytes of a zip's own mean nothing."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        largest = max(archive.infolist(), key=lambda member: member.compress_size)
    at = largest.header_offset + 30 + len(largest.filename) + 20 + largest.compress_size // 2
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


def spoil_all(content):
    return b"not a backup" * len(content[:50])


@pytest.mark.parametrize("spoil", [spoil_end, spoil_middle, spoil_all])
async def test_damaged_backup_is_refused_and_changes_nothing(
    database, make, elsewhere, tmp_path, spoil
):
    await make.lab()
    back_up(database.url, tmp_path / "backup")
    whole = (tmp_path / "backup").read_bytes()
    (tmp_path / "backup").write_bytes(spoil(whole))

    answer = restore(elsewhere, tmp_path / "backup", tmp_path, "--force")

    assert answer.returncode == 2
    assert "Nothing was changed" in answer.stderr
    assert "mistake" not in answer.stderr
    with asking(elsewhere) as ask:
        assert ask(TABLES) == []


async def test_rows_that_are_not_those_of_the_manifest_undo_the_whole_restore(
    database, make, elsewhere, tmp_path
):
    await make.learner()
    back_up(database.url, tmp_path / "backup")
    with zipfile.ZipFile(tmp_path / "backup") as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    manifest = members["manifest.json"].decode()
    members["manifest.json"] = manifest.replace('"rows": 1,', '"rows": 7,').encode()
    with zipfile.ZipFile(tmp_path / "backup", "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)

    answer = restore(elsewhere, tmp_path / "backup", tmp_path)

    assert answer.returncode == 2
    assert "damaged" in answer.stderr
    with asking(elsewhere) as ask:
        assert ask(TABLES) == []


async def test_backup_of_a_newer_milepost_is_refused_with_both_versions(
    database, make, elsewhere, tmp_path
):
    await make.learner()
    back_up(database.url, tmp_path / "backup")
    with zipfile.ZipFile(tmp_path / "backup") as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    newest = f'"{get_newest_revision()}"'
    manifest = members["manifest.json"].decode().replace(newest, '"9999_future"')
    members["manifest.json"] = manifest.encode()
    with zipfile.ZipFile(tmp_path / "backup", "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)

    answer = restore(elsewhere, tmp_path / "backup", tmp_path)

    assert answer.returncode == 2
    assert "9999_future" in answer.stderr
    assert "Update this Milepost" in answer.stderr


def test_backup_of_an_older_schema_is_brought_to_this_one(
    postgres, database_name, elsewhere, tmp_path
):
    older = f"{database_name}_older"
    url = postgres.create_empty(older)
    engine = create_engine(to_sqlalchemy_url(url))
    with engine.begin() as connection:
        run_migrations(connection, "0006")
        connection.exec_driver_sql(
            "INSERT INTO users (id, name, created_at) VALUES (gen_random_uuid(), 'Ada', now())"
        )
        connection.exec_driver_sql("CREATE TABLE others_own (id int)")
    engine.dispose()
    try:
        made = back_up(url, tmp_path / "backup")
    finally:
        postgres.drop(older)

    restored = restore(elsewhere, tmp_path / "backup", tmp_path)

    assert made.returncode == 0, made.stderr
    assert restored.returncode == 0, restored.stderr
    assert f"from 0006 to {get_newest_revision()}" in restored.stdout
    assert "others_own" in restored.stdout
    with asking(elsewhere) as ask:
        assert ask("SELECT name FROM users") == [("Ada",)]
        assert ask("SELECT version_num FROM alembic_version") == [(get_newest_revision(),)]
        assert ask("SELECT count(*) FROM revisions") == [(0,)]


async def test_backup_is_its_owners_alone_and_replaces_no_file_unasked(database, make, tmp_path):
    await make.learner()
    file = tmp_path / "backup"
    made = back_up(database.url, file)
    first = file.read_bytes()

    again = back_up(database.url, file)
    unchanged = file.read_bytes() == first
    forced = back_up(database.url, file, "--force")
    nowhere = back_up(database.url, tmp_path / "missing" / "backup")

    assert [each.returncode for each in (made, again, forced, nowhere)] == [0, 2, 0, 2]
    assert file.stat().st_mode & 0o777 == 0o600
    assert unchanged
    assert "can't be written" in nowhere.stderr
    assert sorted(each.name for each in tmp_path.iterdir()) == ["backup"]


async def test_unfinished_backup_goes_into_no_file_that_lay_ready_for_it(database, make, tmp_path):
    await make.learner()
    others = tmp_path / "others"
    others.write_bytes(b"precious")
    others.chmod(0o644)
    (tmp_path / ".backup.unfinished").symlink_to(others)

    made = back_up(database.url, tmp_path / "backup")

    assert made.returncode == 0, made.stderr
    assert others.read_bytes() == b"precious"
    assert not (tmp_path / "backup").is_symlink()
    assert (tmp_path / "backup").stat().st_mode & 0o777 == 0o600
    assert len(list(tmp_path.iterdir())) == 3


def test_database_without_tables_and_folder_without_data_have_nothing_to_back_up(
    elsewhere, tmp_path
):
    empty = back_up(elsewhere, tmp_path / "backup")
    nothing = run_milepost("backup", str(tmp_path / "backup"), "--data", str(tmp_path / "data"))

    assert (empty.returncode, nothing.returncode) == (2, 2)
    assert "nothing to back up" in empty.stderr
    assert "nothing to back up" in nothing.stderr
    assert not (tmp_path / "backup").exists()
    assert not (tmp_path / "data").exists()


def test_private_database_moves_to_another_folder_and_only_new_links_work(tmp_path):
    old, new, file = tmp_path / "old", tmp_path / "new", tmp_path / "backup"
    running = start_milepost(old)
    hot = run_milepost("backup", str(file), "--data", str(old))
    refused = run_milepost("restore", str(file), "--data", str(old), "--force")
    assert stop_milepost(running) == 0
    cold = run_milepost("backup", str(file), "--force", "--data", str(old))
    restored = run_milepost("restore", str(file), "--data", str(new))

    moved = start_milepost(new)
    link = running.link.replace(running.url, moved.url)
    old_page, new_page = httpx.get(link), httpx.get(moved.link)
    stop_milepost(moved)

    assert [each.returncode for each in (hot, cold, restored)] == [0, 0, 0]
    assert refused.returncode == 2
    assert f"process {running.process.pid}" in refused.stderr
    assert old_page.status_code == 404
    assert new_page.status_code == 200
