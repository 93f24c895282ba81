"""A small lab that is whole and proves itself, as files that a test can spoil one by one."""

import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from milepost.core.config import get_settings

MANIFEST = """
slug = "greeting"
title = "A greeting"
summary = "Greet people by their names."
objectives = ["manners.greeting"]
difficulty = "easy"
minutes = 10
stacks = ["python"]

[limits]
wall_seconds = 20

[entry.python]
program = ["python", "greeting.py"]
module = "greeting.py"

[[tasks]]
slug = "greet"
title = "Greet"
sentence = "Everybody is greeted by name."

[[tasks]]
slug = "strangers"
title = "Strangers"
sentence = "Nobody is greeted without a name."
"""

CHECKS = '''
"""Checks of the greeting."""

from milepost.engine.checks import check

NAMES = ["Ada", "Grace"]
# Only the hidden check knows these.
SECRET_NAMES = ["Zuse"]


def pick(random, names):
    return random.choice(names)


def pick_secretly(random):
    return pick(random, SECRET_NAMES)


@check(task="greet", objectives=["manners.greeting"])
def test_name_is_greeted(solution, random):
    """A name is greeted"""
    name = pick(random, NAMES)
    assert solution.call("greet", name) == f"Hello, {name}.", "People like to hear their names"


# What follows is nobody's business.
@check(task="strangers", objectives=["manners.greeting"], hidden=True)
def test_no_name_is_refused(solution, random):
    """Without a name there is no greeting"""
    name = pick_secretly(random)
    assert name in str(solution.call("greet", name)), "Whoever has a name is greeted by it"
    assert solution.call("greet", "") is None, "Nobody is not somebody"
'''

RIGHT = 'def greet(name):\n    return f"Hello, {name}." if name else None\n'
FLAW = """
over = "python"
title = "Everybody has a name"
misconception = "You greet before you know whether there is anybody."
fails = ["test_no_name_is_refused"]
lacks = ["manners.greeting"]
"""
RUDE = """
over = "python"
title = "One greeting is enough"
misconception = "You greet everybody by one name."
fails = ["test_name_is_greeted"]
lacks = ["manners.greeting"]
"""

DROPS_THE_GUARD = """
[[edit]]
file = "greeting.py"
find = 'return f"Hello, {name}." if name else None'
replace = 'return f"Hello, {name}."'
"""

FILES = {
    "lab.toml": MANIFEST,
    "brief.md": "# A greeting\n\nWrite `greet`.\n",
    "checks.py": CHECKS,
    "starter/python/greeting.py": "def greet(name):\n    return None\n",
    "solutions/python/greeting.py": RIGHT,
    "flawed/no-guard/flaw.toml": FLAW,
    "flawed/no-guard/greeting.py": 'def greet(name):\n    return f"Hello, {name}."\n',
    "flawed/one-for-all/flaw.toml": RUDE,
    "flawed/one-for-all/greeting.py": RIGHT.replace("Hello", "Hi"),
    "data/hidden/names.txt": "Zuse\n",
    "data/names.txt": "Ada\n",
}


@dataclass(frozen=True)
class LabFolder:
    """The folder of a lab, inside a path."""

    folder: Path

    def write(self, name: str, text: str) -> "LabFolder":
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(textwrap.dedent(text).lstrip("\n"), encoding="utf-8")
        return self

    def replace(self, name: str, old: str, new: str) -> "LabFolder":
        text = (self.folder / name).read_text(encoding="utf-8")
        assert old in text
        (self.folder / name).write_text(text.replace(old, new), encoding="utf-8")
        return self

    def write_edited_flaw(self, edits: str = DROPS_THE_GUARD) -> "LabFolder":
        """Write the flaw `no-guard` as one file: what it says, and these edits."""
        for name in ("flaw.toml", "greeting.py"):
            self.remove(f"flawed/no-guard/{name}")
        return self.write("flawed/no-guard.toml", f"{FLAW}\n{edits}")

    def remove(self, name: str) -> "LabFolder":
        (self.folder / name).unlink()
        return self


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """The folder of all paths; it holds one path with one skill."""
    folder = tmp_path / "content"
    skill = folder / "politeness" / "1-manners"
    skill.mkdir(parents=True)
    (skill.parent / "path.toml").write_text('slug = "politeness"\n')
    (skill / "skill.toml").write_text('slug = "manners"\n[[objectives]]\nslug = "greeting"\n')
    return folder


@pytest.fixture
def make_lab(content: Path) -> Callable[..., LabFolder]:
    """Write the small lab under a name."""

    def make(slug: str = "greeting") -> LabFolder:
        lab = LabFolder(content / "politeness" / "1-manners" / "labs" / slug)
        for name, text in FILES.items():
            lab.write(name, text)
        return lab.replace("lab.toml", 'slug = "greeting"', f'slug = "{slug}"')

    return make


@pytest.fixture
def lab(make_lab: Callable[..., LabFolder]) -> LabFolder:
    """The small lab."""
    return make_lab()


@pytest.fixture
def own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A data folder of the test's own, so that no verification knows results from before it."""
    folder = tmp_path / "data"
    monkeypatch.setenv("MILEPOST_DATA_DIR", str(folder))
    get_settings.cache_clear()
    yield folder
    get_settings.cache_clear()
