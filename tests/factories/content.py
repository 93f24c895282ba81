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
    task: str = "all"

    def to_source(self) -> str:
        return (
            f'@check(task="{self.task}", objectives=["{self.objective}"], hidden={self.hidden})\n'
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
    lacks: str = ADDING

    def to_toml(self) -> str:
        return (
            f'over = "python"\ntitle = "{self.name}"\nlacks = ["{self.lacks}"]\n'
            f'fails = {json.dumps(self.fails)}\nmisconception = "{self.misconception}"\n'
        )


TWICE = CheckDraft(
    name="test_a_number_is_added_to_itself",
    title="A number is added to itself",
    body='assert solution.call("add", 4, 4) == 8, "Twice four"',
)
SLIPS = (
    FlawDraft("takes-away", (VISIBLE.name, TWICE.name), "You take away."),
    FlawDraft("adds-other-numbers", (VISIBLE.name,), "You add equal numbers alone."),
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
    tasks: Sequence[str] = ("all",),
    hints: str = "",
    shows_answers: bool = True,
) -> Path:
    """Write a lab under a path's skill and return its folder. Writing it anew changes it.

    A lab of several tasks is done in stages.
    A slug such as `drill-adding` makes it the drill of that objective.
    """
    home = next(path.glob(f"[0-9]*-{skill}"))
    is_drill = slug.startswith("drill-")
    folder = home / ("drills" if is_drill else "labs") / slug.removeprefix("drill-")
    objectives = sorted({check.objective for check in checks})
    manifest = [
        f'slug = "{slug}"',
        f'kind = "{"drill" if is_drill else "lab"}"',
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
    if not shows_answers:
        manifest.insert(1, "show_answers = false")
    if len(tasks) > 1:
        manifest.insert(1, "stages = true")
    for task in tasks:
        named = "All of it" if task == "all" else task.replace("-", " ").capitalize()
        manifest += ["[[tasks]]", f'slug = "{task}"', f'title = "{named}"']
        manifest.append('sentence = "`add` adds."')
    source = "from milepost.engine.checks import check\n\n\n"
    _write(folder / "lab.toml", "\n".join(manifest) + "\n")
    _write(folder / "brief.md", f"# {title}\n\nWrite `add`, which adds two numbers.\n")
    _write(folder / "checks.py", source + "\n\n".join(check.to_source() for check in checks))
    if hints:
        _write(folder / "hints.toml", hints)
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


def write_lesson(path: Path, objective: str, *, skill: str) -> Path:
    """Write the lesson of an objective and return its file."""
    file = next(path.glob(f"[0-9]*-{skill}")) / "lessons" / f"{objective}.md"
    _write(file, f"# On {objective}\n\nRead this first.\n")
    return file


def write_challenge(path: Path, lab: str | None, *, skill: str) -> None:
    """Make a lab the challenge of its skill, or with None take the challenge away."""
    file = next(path.glob(f"[0-9]*-{skill}")) / "skill.toml"
    lines = file.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if not line.startswith("challenge = ")]
    kept[3:3] = [] if lab is None else [f'challenge = "{lab}"']
    _write(file, "\n".join(kept) + "\n")


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
