"""Building the document store: only from the files of the lock, and with words where it fails."""

import shutil

import pytest

from milepost.engine.backing.hosting import NotInstalled
from milepost.engine.backing.mongo import install
from milepost.engine.stacks.libraries import LibrariesNotInstalled


@pytest.fixture
def place(monkeypatch, tmp_path):
    """Let it be built in a folder of the test."""
    target = tmp_path / "share" / "mongo"
    monkeypatch.setattr(install, "place_mongo", lambda: target)
    return target


def test_lock_names_every_jar_with_its_hash():
    locked = install.read_lock()

    assert all(len(bytes.fromhex(hashed)) == 32 for hashed in locked.values())
    assert ("de.bwaldvogel", "mongo-java-server-core", "1.47.0") in locked


def test_what_is_built_already_is_left_alone(place):
    place.mkdir(parents=True)

    assert install.install_mongo() is False


def test_machine_without_java_or_maven_is_told_what_brings_them(place, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None if name == "mvn" else f"/bin/{name}")

    with pytest.raises(NotInstalled, match="here is no mvn") as missing:
        install.install_mongo()

    assert "apt install default-jdk-headless maven" in str(missing.value)
    assert not place.exists()


def test_jar_of_another_content_is_not_used(place, monkeypatch):
    def bring_others(_, aside):
        for _, name, version in install.read_lock():
            (aside / "mongo" / "jars" / f"{name}-{version}.jar").write_bytes(b"another")

    monkeypatch.setattr(shutil, "which", lambda name: f"/bin/{name}")
    monkeypatch.setattr(install, "run_installer", bring_others)

    with pytest.raises(NotInstalled, match="is not the file that the lock names"):
        install.install_mongo()

    assert list(place.parent.iterdir()) == []


def test_failing_build_leaves_nothing_and_says_what_was_said(place, monkeypatch):
    def fail(*_):
        raise LibrariesNotInstalled("mvn said: no route to host")

    monkeypatch.setattr(shutil, "which", lambda name: f"/bin/{name}")
    monkeypatch.setattr(install, "run_installer", fail)

    with pytest.raises(NotInstalled, match=r"no route to host.*tries again"):
        install.install_mongo()

    assert list(place.parent.iterdir()) == []
