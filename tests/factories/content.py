"""Content folders: a tiny path and tiny labs, written as the files that authors would write.

The smallest lab is real: its checks call a function, its solution passes, its starter fails.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ADDING = "basics.adding"
RIGHT = {"adding.py": "def add(a, b):\n    return a + b\n"}
WRONG = {"adding.py": "def add(a, b):\n    return a - b\n"}


@dataclass(frozen=True)
class CheckDraft:
    """A check as a test wants it: what it is called, whether it is hidden, what it asserts."""

    name: str = "test_two_numbers_are_added"
    title: str = "Two numbers are added"
    hidden: bool = False
    objective: str = ADDING
    body: str = 'assert solution.call("add", 2, 3) == 5, "A sum is what both give together"'
    fixtures: str = "solution"

    def to_source(self) -> str:
        return (
            f'@check(task="all", objectives=["{self.objective}"], hidden={self.hidden})\n'
            f'def {self.name}({self.fixtures}):\n    """{self.title}"""\n    {self.body}\n'
        )


VISIBLE = CheckDraft()
HIDDEN = CheckDraft(
    name="test_secret_sum",
    title="Negative numbers are added too",
    hidden=True,
    body='assert solution.call("add", -7000, 123) == -6877, "A secret expectation"',
)


@dataclass(frozen=True)
class FlawDraft:
    """A known wrong answer as a test wants it: which checks it fails, and what is behind it."""

    name: str
    fails: tuple[str, ...]
    misconception: str

    def to_toml(self) -> str:
        return (
            f'over = "python"\ntitle = "{self.name}"\nlacks = ["{ADDING}"]\n'
            f'fails = {json.dumps(self.fails)}\nmisconception = "{self.misconception}"\n'
        )


@dataclass(frozen=True)
class SkillDraft:
    """A skill as a test wants it."""

    slug: str
    objectives: tuple[str, ...]


TINY_SKILLS = (
    SkillDraft("basics", ("adding", "naming")),
    SkillDraft("beyond", ("carrying",)),
)


def write_path(
    content: Path, slug: str, skills: Sequence[SkillDraft], start_here: str | None = None
) -> Path:
    """Write a path's own files and return its folder."""
    folder = content / slug
    folder.mkdir(parents=True)
    (folder / "path.toml").write_text(
        f'slug = "{slug}"\ntitle = "{slug.title()} path"\nsummary = "A path in a test."\n'
        f'start_here = "{start_here or skills[0].slug}"\n'
        '[[languages]]\nslug = "python"\ntitle = "Python"\nstack = "python"\n'
        '[[languages]]\nslug = "cobol"\ntitle = "COBOL"\n'
        '[[frameworks]]\nslug = "fastapi"\ntitle = "FastAPI"\nlanguage = "python"\n'
    )
    for number, skill in enumerate(skills, start=1):
        _write_skill(folder / f"{number}-{skill.slug}", skill)
    return folder


def write_lab(
    path: Path,
    slug: str,
    *,
    skill: str,
    stacks: Sequence[str],
    checks: Sequence[CheckDraft],
    limits: Mapping[str, float],
    title: str,
    flaws: Sequence[FlawDraft] = (),
    services: Sequence[str] = (),
) -> Path:
    """Write a lab under a path's skill and return its folder. Writing it anew changes it."""
    home = next(path.glob(f"[0-9]*-{skill}"))
    folder = home / "labs" / slug
    objectives = sorted({check.objective for check in checks})
    manifest = [
        f'slug = "{slug}"',
        f'title = "{title}"',
        'summary = "Add two numbers."',
        f"objectives = {json.dumps(objectives)}",
        'difficulty = "easy"',
        "minutes = 5",
        f"stacks = {json.dumps(list(stacks))}",
        f"services = {json.dumps(list(services))}",
        "[limits]",
        *(f"{name} = {value}" for name, value in limits.items()),
    ]
    for stack in stacks:
        ending = _ENDINGS[stack]
        manifest += [f"[entry.{stack}]", f'program = ["{stack}", "adding{ending}"]']
        manifest.append(f'module = "adding{ending}"')
        if stack in _SERVICES:
            manifest.append(f"service = {json.dumps(_SERVICES[stack])}")
    manifest += ["[[tasks]]", 'slug = "all"', 'title = "All of it"', 'sentence = "`add` adds."']
    source = "from milepost.engine.checks import check\n\n\n"
    _write(folder / "lab.toml", "\n".join(manifest) + "\n")
    _write(folder / "brief.md", f"# {title}\n\nWrite `add`, which adds two numbers.\n")
    _write(folder / "checks.py", source + "\n\n".join(check.to_source() for check in checks))
    for flaw in flaws:
        _write(folder / "flawed" / flaw.name / "flaw.toml", flaw.to_toml())
        _write(folder / "flawed" / flaw.name / "adding.py", WRONG["adding.py"])
    for stack in stacks:
        name = f"adding{_ENDINGS[stack]}"
        _write(folder / "starter" / stack / name, _STARTERS[stack])
        _write(folder / "solutions" / stack / name, _SOLUTIONS[stack])
    return folder


_ENDINGS = {"python": ".py", "node": ".mjs", "fastapi": ".py"}
_SERVICES = {"fastapi": ["python", "-m", "uvicorn", "adding:app"]}
_STARTERS = {
    "python": "def add(a, b):\n    return None\n",
    "node": "export function add(a, b) {\n  return null;\n}\n",
    "fastapi": "def add(a, b):\n    return None\n",
}
_SOLUTIONS = {
    "python": RIGHT["adding.py"],
    "node": "export function add(a, b) {\n  return a + b;\n}\n",
    "fastapi": RIGHT["adding.py"],
}


def _write_skill(folder: Path, skill: SkillDraft) -> None:
    lines = [
        f'slug = "{skill.slug}"',
        f'title = "{skill.slug.title()}"',
        f'summary = "The skill {skill.slug}."',
        'technologies = ["Python"]',
        "[course]",
        f'title = "A course on {skill.slug}"',
        'provider = "Somebody"',
    ]
    for objective in skill.objectives:
        lines += ["[[objectives]]", f'slug = "{objective}"', f'title = "{objective.title()}"']
        lines.append(f'sentence = "Can do {objective}."')
    _write(folder / "skill.toml", "\n".join(lines) + "\n")


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
