"""`milepost up` on a stranger's machine: a link that works, children looked after, a clean end."""

import json
import re
import shutil
import signal
import time
from collections.abc import Iterator

import httpx
import psutil
import psycopg
import pytest

from harness.installation import (
    ROOT,
    Installation,
    run_milepost,
    start_milepost,
    stop_milepost,
)
from milepost.embedded import EmbeddedPostgres, find_running_dsn


def is_healthy(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health", timeout=5).is_success
    except httpx.TransportError:
        return False


def wait_until_healthy(url: str, seconds: float = 60) -> None:
    give_up_at = time.monotonic() + seconds
    while not is_healthy(url):
        assert time.monotonic() < give_up_at, f"{url} did not become healthy"
        time.sleep(0.1)


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """One Milepost for a module's tests, which leave it running and healthy."""
    folder = tmp_path_factory.mktemp("installed")
    folder.chmod(0o711)
    installation = start_milepost(folder / "data")
    yield installation
    stop_milepost(installation)


class TestRunning:
    """One Milepost, in the order of a day that gets worse."""

    def test_its_link_leads_to_a_page(self, installation: Installation) -> None:
        assert httpx.get(installation.link).status_code == 200
        assert "backend-developer" in installation.said

    def test_its_lessons_its_errors_and_its_source_can_be_found(
        self, installation: Installation
    ) -> None:
        dsn = find_running_dsn(installation.data_dir / "postgres")
        assert dsn is not None
        with psycopg.connect(dsn) as connection:
            rows = connection.execute(
                "SELECT kind FROM search_entries WHERE called IN "
                "('error handling', 'lab closed', 'milepost core queue', 'loops')"
            )
            found = {kind for (kind,) in rows}

        assert {"lesson", "objective", "error", "source"} <= found

    def test_open_prints_another_link_that_works(self, installation: Installation) -> None:
        answer = run_milepost("open", "--data", str(installation.data_dir))

        [link] = re.findall(r"http://\S+/sign-in/\S+", answer.stdout)
        assert answer.returncode == 0
        assert link != installation.link
        assert httpx.get(link).status_code == 200

    def test_a_second_one_on_the_same_data_is_refused(self, installation: Installation) -> None:
        answer = run_milepost("up", "--port", "0", "--data", str(installation.data_dir))

        assert answer.returncode == 2
        assert f"process {installation.process.pid}" in answer.stderr
        assert is_healthy(installation.url)

    def test_its_port_is_refused_to_others_by_number(
        self, installation: Installation, tmp_path
    ) -> None:
        port = installation.url.rsplit(":", 1)[1]

        answer = run_milepost("up", "--port", port, "--data", str(tmp_path / "data"))

        assert answer.returncode == 2
        assert f"Port {port}" in answer.stderr
        assert "--port" in answer.stderr

    def test_doctor_sees_it_running(self, installation: Installation) -> None:
        answer = run_milepost("doctor", "--json", "--data", str(installation.data_dir))

        [port] = [f for f in json.loads(answer.stdout)["findings"] if f["area"] == "port"]
        assert port["name"] == installation.url
        assert "Milepost runs there" in port["detail"]

    @pytest.mark.parametrize(
        ("words", "title"), [("cli web", "The web server"), ("cli worker", "Grading worker 1")]
    )
    def test_a_killed_child_is_started_again(
        self, installation: Installation, words: str, title: str
    ) -> None:
        killed = installation.child(words)
        killed.kill()

        said = installation.read_until("starts again")
        wait_until_healthy(installation.url)

        assert f"{title} was ended by SIGKILL" in said
        assert not killed.is_running()

    def test_a_killed_database_is_recovered_from(self, installation: Installation) -> None:
        installation.child("postgres").kill()

        installation.read_until("PostgreSQL runs again")
        wait_until_healthy(installation.url)


def test_a_stop_leaves_no_process_and_the_next_start_keeps_the_data(tmp_path) -> None:
    first = start_milepost(tmp_path / "data")
    family = first.children()
    assert stop_milepost(first) == 0
    assert [process for process in family if process.is_running()] == []
    assert not (tmp_path / "data" / "run" / "server.json").exists()
    assert run_milepost("open", "--data", str(tmp_path / "data")).returncode == 1

    second = start_milepost(tmp_path / "data")
    dsn = find_running_dsn(tmp_path / "data" / "postgres")
    assert dsn
    with psycopg.connect(dsn) as session:
        people = session.execute("SELECT count(*) FROM users").fetchone()
    # The same person, and the first run's link is still good.
    assert people == (1,)
    moved = first.link.replace(first.url, second.url)
    assert httpx.get(moved).status_code == 200
    assert stop_milepost(second) == 0


def test_a_killed_starter_takes_everything_along(tmp_path) -> None:
    installation = start_milepost(tmp_path / "data")
    family = installation.children()

    installation.process.send_signal(signal.SIGKILL)
    installation.process.wait(10)

    _, alive = psutil.wait_procs(family, timeout=30)
    assert alive == []
    stop_milepost(installation)


def test_data_of_a_newer_milepost_is_refused_and_left_alone(tmp_path) -> None:
    with EmbeddedPostgres(tmp_path / "data" / "postgres", durable=False) as server:
        with psycopg.connect(server.dsn) as session:
            session.execute("CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)")
            session.execute("INSERT INTO alembic_version VALUES ('9999_the_future')")
        dsn = server.dsn

    answer = run_milepost("up", "--port", "0", "--data", str(tmp_path / "data"))

    assert answer.returncode == 3
    assert "newer Milepost" in answer.stderr
    assert "9999_the_future" in answer.stderr
    query = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
    with (
        EmbeddedPostgres(tmp_path / "data" / "postgres", durable=False),
        psycopg.connect(dsn) as session,
    ):
        tables = session.execute(query).fetchone()
    assert tables == (1,)


def test_a_data_folder_that_can_not_be_one_is_refused(tmp_path) -> None:
    (tmp_path / "data").write_text("a file")

    answer = run_milepost("up", "--port", "0", "--data", str(tmp_path / "data"))

    assert answer.returncode == 2
    assert "can't be written" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_database_that_does_not_answer_is_named(tmp_path) -> None:
    nowhere = f"postgresql://nobody:secret@/none?host={tmp_path}"

    answer = run_milepost(
        "up", "--port", "0", "--data", str(tmp_path / "data"), MILEPOST_DATABASE_URL=nowhere
    )

    assert answer.returncode == 3
    assert "MILEPOST_DATABASE_URL" in answer.stderr
    assert "secret" not in answer.stderr


def test_a_folder_without_content_is_refused_before_anything_is_made(tmp_path) -> None:
    answer = run_milepost(
        "up", "--data", str(tmp_path / "data"), MILEPOST_CONTENT_DIR=str(tmp_path)
    )

    assert answer.returncode == 2
    assert "path.toml" in answer.stderr
    assert not (tmp_path / "data").exists()


def test_a_broken_lab_is_named_and_the_rest_works(tmp_path) -> None:
    shutil.copytree(ROOT / "content", tmp_path / "content")
    broken = tmp_path / "content" / "backend-developer" / "1-language" / "labs" / "half-written"
    broken.mkdir(parents=True)
    (broken / "lab.toml").write_text("slug = ")
    content = {"MILEPOST_CONTENT_DIR": str(tmp_path / "content")}

    installation = start_milepost(tmp_path / "data", **content)
    sick = run_milepost("doctor", "--json", **content)
    healthy = is_healthy(installation.url)
    stop_milepost(installation)

    assert "half-written" in installation.said
    assert healthy
    assert sick.returncode == 1
    [lab] = [f for f in json.loads(sick.stdout)["findings"] if "half-written" in f["name"]]
    assert (lab["ready"], bool(lab["detail"]), bool(lab["fix"])) == (False, True, True)
