"""`milepost doctor`: what is not ready says why, and what fixes it."""

import json
import socket

from harness.installation import run_milepost


def findings(*arguments: str, **environment: str) -> tuple[int, dict[str, dict[str, object]]]:
    answer = run_milepost("doctor", "--json", *arguments, **environment)
    return answer.returncode, {f["area"]: f for f in json.loads(answer.stdout)["findings"]}


def test_what_this_machine_has_is_ready(tmp_path) -> None:
    _, found = findings("--data", str(tmp_path / "data"))

    for area in ("stack", "isolation", "lab service", "service", "content", "data"):
        assert found[area]["ready"], found[area]
    assert not (tmp_path / "data").exists()


def test_a_port_in_use_is_named_with_the_fix(tmp_path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, found = findings("--data", str(tmp_path / "data"), MILEPOST_PORT=str(port))

    assert code == 1
    assert not found["port"]["ready"]
    assert "--port" in str(found["port"]["fix"])


def test_a_database_that_does_not_answer_is_not_ready(tmp_path) -> None:
    nowhere = f"postgresql://nobody@/none?host={tmp_path}"

    code, found = findings("--data", str(tmp_path / "data"), MILEPOST_DATABASE_URL=nowhere)

    assert code == 1
    assert "MILEPOST_DATABASE_URL" in str(found["service"]["fix"])


def test_a_data_folder_of_a_newer_postgres_is_not_ready(tmp_path) -> None:
    version = tmp_path / "data" / "postgres" / "cluster" / "PG_VERSION"
    version.parent.mkdir(parents=True)
    version.write_text("99\n")

    code, found = findings("--data", str(tmp_path / "data"))

    assert code == 1
    assert "PostgreSQL 99" in str(found["service"]["detail"])


def test_the_table_shows_the_fix_of_what_is_not_ready(tmp_path) -> None:
    (tmp_path / "data").write_text("a file")

    answer = run_milepost("doctor", "--data", str(tmp_path / "data"))

    assert answer.returncode == 1
    assert "not ready" in answer.stdout
    assert "MILEPOST_DATA_DIR" in answer.stdout
