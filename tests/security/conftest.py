"""One engine of each tier for the whole corpus, and the host that they must leave as it was."""

import tempfile
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from harness.stacks import ENTRIES
from milepost.engine import Engine, install_stack
from milepost.engine.sandbox import restricted
from security.court import Court
from security.host import watch_host


@pytest.fixture(scope="session")
def stacks_dir():
    """The checkout's own stacks, which `make test` has installed before: then this does nothing."""
    folder = Path(__file__).parents[2] / "data" / "stacks"
    for name in ENTRIES:
        install_stack(name, folder)
    return folder


@pytest.fixture(scope="session")
def labs_dir(tmp_path_factory):
    folder = tmp_path_factory.mktemp("labs")
    folder.chmod(0o755)
    return folder


@pytest.fixture(scope="session")
def host(tmp_path_factory):
    """The machine, with bait laid out."""
    watched = tmp_path_factory.mktemp("watched")
    (watched / "precious.txt").write_text("precious")
    # Where anybody can walk: what only its owner may enter would guard itself.
    with (
        TemporaryDirectory(prefix="corpus-", dir="/tmp") as bait,
        watch_host(Path(bait), (watched,)) as host,
    ):
        yield host


@pytest.fixture(scope="session")
async def engine(tmp_path_factory, stacks_dir):
    runtime = tmp_path_factory.mktemp("engine")
    async with Engine(runtime_dir=runtime, stacks_dir=stacks_dir) as engine:
        yield engine


@pytest.fixture(scope="session")
def court(engine, host, labs_dir):
    """Where cases are tried: `await court.hold(case)`."""
    return Court(engine, host, labs_dir)


@pytest.fixture(scope="module")
def sandboxes_dir():
    """Where sandboxes are made while these tests run: what lies there is a sandbox, or was left by one."""
    with (
        TemporaryDirectory(prefix="sandboxes-", dir="/tmp") as folder,
        pytest.MonkeyPatch.context() as patch,
    ):
        Path(folder).chmod(0o711)
        patch.setattr(restricted, "_SANDBOXES_OF_USERS", Path(folder))
        patch.setattr(tempfile, "tempdir", folder)
        yield Path(folder)


@pytest.fixture(scope="module")
async def restricted_engine(sandboxes_dir, tmp_path_factory, stacks_dir):
    runtime = tmp_path_factory.mktemp("engine")
    async with Engine(runtime_dir=runtime, stacks_dir=stacks_dir, tier="restricted") as engine:
        yield engine
    assert list(sandboxes_dir.iterdir()) == []


@pytest.fixture(scope="module")
def restricted_court(restricted_engine, host, labs_dir, sandboxes_dir):
    """Where cases are tried without namespaces, and sandboxes that were left behind are found."""
    return Court(restricted_engine, host, labs_dir, sandboxes_dir)
