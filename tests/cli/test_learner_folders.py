"""Which folder a command means, and which of its files are the solution."""

import pytest

from factories.content import RIGHT
from milepost.cli.processes import settings


@pytest.fixture
async def folder(make, terminal, live_server):
    terminal.log_in(live_server, await make.learner())
    await make.lab()
    started = await terminal.run("start", "adding")
    assert started.exit_code == 0, started.err
    (terminal.folder / "adding" / "adding.py").write_text(RIGHT["adding.py"])
    return terminal.folder / "adding"


async def test_a_lab_is_not_begun_inside_of_another(terminal, folder):
    answer = await terminal.run("start", "adding", cwd=folder)

    assert answer.exit_code == 2
    assert "nothing was written" in answer.err
    assert not (folder / "adding").exists()


async def test_a_lab_inside_of_another_is_not_handed_in_with_it(terminal, folder):
    inside = folder / "other" / ".milepost"
    inside.mkdir(parents=True)
    (inside / "lab.json").write_text("{}")
    (inside.parent / "other.py").write_text("")

    answer = await terminal.run("submit", "--no-wait", cwd=folder)

    assert answer.exit_code == 0, answer.err
    assert "Sent: adding.py\n" in answer.out


@pytest.mark.parametrize(
    ("command", "sentence"), [("check", "Nothing was checked."), ("submit", "Nothing was sent.")]
)
async def test_without_the_file_that_checks_use_nothing_is_done(
    terminal, folder, command, sentence
):
    (folder / "adding.py").rename(folder / "sum.py")

    answer = await terminal.run(command, cwd=folder)

    assert answer.exit_code == 2
    assert f"{sentence} There is no adding.py here" in answer.err


async def test_a_folder_that_does_not_exist_is_not_taken_for_this_one(terminal, folder):
    answer = await terminal.run("check", "nope", cwd=folder)

    assert answer.exit_code == 2
    assert "There is no folder nope." in answer.err


def test_far_from_milepost_its_checkout_is_meant(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MILEPOST_DATA_DIR", raising=False)
    monkeypatch.delenv("MILEPOST_CONTENT_DIR", raising=False)
    settings.get_settings.cache_clear()

    meant = settings.find_settings()
    named = settings.find_settings(tmp_path / "mine")

    assert meant.content_dir.is_dir()
    assert meant.data_dir == meant.content_dir.parent / "data"
    assert named.data_dir == tmp_path / "mine"


def test_where_milepost_is_its_files_are_not_a_learners(tmp_path):
    found = settings.find_checkout()

    assert found is not None
    assert settings.is_in_checkout(found / "traffic-report")
    assert not settings.is_in_checkout(tmp_path)
