"""Makes a new lab: a small one that is whole and works, to be replaced piece by piece.

The texts are data (`scaffolds/*.toml`); what a lab is lives in `loading` and its neighbours.
Nothing that exists is ever overwritten.
"""

import json
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from string import Template
from typing import Any

from milepost.labs.loading import list_objectives
from milepost.labs.manifest import FILES_ONLY, SERVICES
from milepost.labs.tables import is_slug

_FOLDER = Path(__file__).parent / "scaffolds"
_KINDS = ("functions", "service", "sql")
_MANIFEST = Template("""\
slug = $slug
title = $title
summary = "Say in one sentence what is built."
objectives = [$objective] # of this skill there are $known; those of others may stand here too
difficulty = "easy" # easy, medium, hard
minutes = 30
stacks = $stacks
$services
[limits] # beyond them a run is ended; `milepost labs verify` says how close solutions come
wall_seconds = 60 # the whole run
run_seconds = 20 # one call, one request, one statement
$entries
[[tasks]]
slug = $task
title = "Say what this part is called"
sentence = "Say what is done when it is done."

[starter]
fails = "all" # or the names of the checks
""")


class ScaffoldRefused(ValueError):
    """A new lab could not be made. The message says why, `fix` what to do."""

    def __init__(self, message: str, fix: str) -> None:
        super().__init__(message)
        self.fix = fix


def list_scaffold_stacks() -> tuple[str, ...]:
    """List the stacks that a new lab can begin with."""
    return tuple(stack for kind in _KINDS for stack in _read(kind)["stacks"])


def write_new_lab(
    skill: Path, slug: str, stacks: Sequence[str], services: Sequence[str] = ()
) -> Path:
    """Write a new lab into a skill's folder and return its own. Raises ScaffoldRefused."""
    folder = skill / "labs" / slug
    if not is_slug(slug):
        raise ScaffoldRefused(
            f"A lab cannot be called {slug!r}.",
            "Use small letters, digits and single hyphens, beginning with a letter.",
        )
    if folder.exists():
        raise ScaffoldRefused(f"{folder} exists already.", "Choose another name.")
    scaffold = _find_scaffold(stacks)
    if unknown := [service for service in services if service not in SERVICES]:
        raise ScaffoldRefused(
            f"There is no service {unknown[0]!r}.", f"There is: {', '.join(SERVICES)}."
        )
    objectives = _find_objectives(skill)
    facts = {
        "slug": slug,
        "title": slug.replace("-", " ").capitalize(),
        "objective": objectives[0],
        "first": stacks[0],
    }
    files = {"lab.toml": _write_manifest(facts, objectives, stacks, services)}
    for path, text in {**scaffold["files"], **scaffold["flawed"][stacks[0]]}.items():
        top, _, rest = path.partition("/")
        if top not in ("starter", "solutions") or rest.partition("/")[0] in stacks:
            files[path] = Template(text).substitute(facts)
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return folder


def _find_scaffold(stacks: Sequence[str]) -> Mapping[str, Any]:
    for kind in _KINDS:
        scaffold = _read(kind)
        if set(stacks) <= scaffold["stacks"].keys():
            return scaffold
    kinds = "; ".join(", ".join(_read(kind)["stacks"]) for kind in _KINDS)
    raise ScaffoldRefused(
        f"No lab can begin with {' and '.join(stacks)}.",
        f"Name stacks of one kind: {kinds}. Others are added in lab.toml by hand.",
    )


def _find_objectives(skill: Path) -> list[str]:
    try:
        own = tomllib.loads((skill / "skill.toml").read_text(encoding="utf-8"))["slug"]
    except (OSError, ValueError, KeyError) as error:
        raise ScaffoldRefused(
            f"{skill} is no skill: its skill.toml cannot be read.",
            "Name the folder of a skill, such as content/backend-developer/1-language.",
        ) from error
    found = sorted(each for each in list_objectives(skill.parent) if each.startswith(f"{own}."))
    if not found:
        raise ScaffoldRefused(f"The skill {own} has no objectives.", "Add one to its skill.toml.")
    return found


def _write_manifest(
    facts: Mapping[str, str],
    objectives: Sequence[str],
    stacks: Sequence[str],
    services: Sequence[str],
) -> str:
    entries = _find_scaffold(stacks)["stacks"]
    needed = [FILES_ONLY[stack] for stack in stacks if stack in FILES_ONLY]
    started = list(dict.fromkeys([*needed, *services]))
    return _MANIFEST.substitute(
        slug=json.dumps(facts["slug"]),
        title=json.dumps(facts["title"]),
        objective=json.dumps(facts["objective"]),
        known=", ".join(objectives),
        stacks=json.dumps(list(stacks)),
        services=f"services = {json.dumps(started)}\n" if started else "",
        entries="".join("\n" + entries[stack] for stack in stacks if entries[stack]),
        task=json.dumps("find-lamps" if needed else "count-words"),
    )


@cache
def _read(kind: str) -> dict[str, Any]:
    return tomllib.loads((_FOLDER / f"{kind}.toml").read_text(encoding="utf-8"))
