"""A drill is a small lab: what is too much or too little for one is refused with a sentence."""

import dataclasses

import pytest

from milepost.engine import Engine
from milepost.labs import LabInvalid, load_lab, load_labs, package_lab, unpack_lab
from milepost.labs.verification import Plan, verify_lab

OPEN_CHECKS = '''
"""Checks of the greeting."""

from milepost.engine.checks import check

LETTERS = "abcdefghijklmnopqrstuvwxyz"


@check(task="greet", objectives=["manners.greeting"])
def test_name_is_greeted(solution, random):
    """A name is greeted"""
    name = "".join(random.choices(LETTERS, k=9))
    assert solution.call("greet", name) == f"Hello, {name}.", "People like to hear their names"


@check(task="greet", objectives=["manners.greeting"])
def test_no_name_is_refused(solution):
    """Without a name there is no greeting"""
    greeted = [solution.call("greet", name) is not None for name in ("", "Ada")]
    assert greeted == [False, True], "Nobody is not somebody"
'''
ANOTHER_CHECK = '''

@check(task="greet", objectives=["manners.greeting"])
def test_greeted_{number}(solution):
    """Once more, {number}"""
    assert solution.call("greet", "Ada") == "Hello, Ada.", "People like to hear their names"
'''


@pytest.fixture
def drill(make_lab):
    """A drill that is whole, in the folder of its objective."""
    lab = make_lab()
    folder = lab.folder.parent.parent / "drills" / "greeting"
    folder.parent.mkdir()
    lab.folder.rename(folder)
    found = dataclasses.replace(lab, folder=folder)
    found.replace("lab.toml", 'slug = "greeting"', 'slug = "drill-greeting"\nkind = "drill"')
    manifest = (folder / "lab.toml").read_text()
    (folder / "lab.toml").write_text(manifest[: manifest.rindex("[[tasks]]")])
    return found.write("checks.py", OPEN_CHECKS)


@pytest.fixture
async def engine(tmp_path):
    async with Engine(runtime_dir=tmp_path / "engine") as engine:
        yield engine


def problems_of(drill):
    with pytest.raises(LabInvalid) as caught:
        load_lab(drill.folder)
    return caught.value.problems


@pytest.mark.usefixtures("drill")
def test_a_drill_is_found_beside_the_labs_under_the_name_of_its_objective(content):
    ((loaded,), broken) = load_labs(content)

    assert broken == []
    assert (loaded.slug, loaded.is_drill) == ("drill-greeting", True)
    assert loaded.objectives == ("manners.greeting",)


# Each defect: the file to spoil, what is there, what to put in its place, and what is said.
DEFECTS = {
    "named otherwise": (
        "lab.toml",
        'slug = "drill-greeting"',
        'slug = "greeting"',
        'Write `slug = "drill-greeting"`, or rename the folder after the objective.',
    ),
    "no drill": ("lab.toml", 'kind = "drill"', "", 'but is no drill. Add `kind = "drill"`'),
    "of an unknown kind": (
        "lab.toml",
        'kind = "drill"',
        'kind = "quiz"',
        "`kind` is 'quiz'. Choose one of lab, drill.",
    ),
    "long": ("lab.toml", "minutes = 10", "minutes = 16", "`minutes` is 16, and a drill takes 15"),
    "of two tasks": (
        "lab.toml",
        "[[tasks]]",
        '[[tasks]]\nslug = "more"\ntitle = "More"\nsentence = "More."\n\n[[tasks]]',
        "a drill has one task, and this has 2. Keep one.",
    ),
    "hiding a check": (
        "checks.py",
        'objectives=["manners.greeting"])\ndef test_no',
        'objectives=["manners.greeting"], hidden=True)\ndef test_no',
        "test_no_name_is_refused is hidden, and a drill shows all that it checks.",
    ),
    "of one check": (
        "checks.py",
        OPEN_CHECKS[
            OPEN_CHECKS.index(
                '\n\n@check(task="greet", objectives=["manners.greeting"])\ndef test_no'
            ) :
        ],
        "\n",
        "a drill has 2 to 5 checks, and this has 1. Add or remove some.",
    ),
    "of six checks": (
        "checks.py",
        '\n\n@check(task="greet", objectives=["manners.greeting"])\ndef test_no',
        "".join(ANOTHER_CHECK.format(number=number) for number in range(4))
        + '\n\n@check(task="greet", objectives=["manners.greeting"])\ndef test_no',
        "a drill has 2 to 5 checks, and this has 6.",
    ),
    "much to read": (
        "starter/python/greeting.py",
        "    return None\n",
        "    # …\n" * 24 + "    return None\n",
        "greeting.py has 26 lines, and a drill begins with 25 at most.",
    ),
}


@pytest.mark.parametrize("defect", DEFECTS.values(), ids=DEFECTS)
def test_what_is_no_drill_is_refused_with_what_to_do(drill, defect):
    name, old, new, said = defect
    drill.replace(name, old, new)

    assert any(said in problem for problem in problems_of(drill))


def test_a_drill_of_two_objectives_is_refused(drill, content):
    (content / "politeness" / "1-manners" / "skill.toml").write_text(
        'slug = "manners"\n[[objectives]]\nslug = "greeting"\n[[objectives]]\nslug = "thanking"\n'
    )
    drill.replace("lab.toml", '"manners.greeting"', '"manners.greeting", "manners.thanking"')

    (problem,) = problems_of(drill)

    assert "a drill practises one objective, and `objectives` names 2." in problem


def test_a_drill_of_another_objective_than_its_folders_is_refused(drill, content):
    (content / "politeness" / "1-manners" / "skill.toml").write_text(
        'slug = "manners"\n[[objectives]]\nslug = "greeting"\n[[objectives]]\nslug = "thanking"\n'
    )
    for name in ("lab.toml", "checks.py"):
        text = (drill.folder / name).read_text()
        drill.write(name, text.replace("manners.greeting", "manners.thanking"))
    for flaw in ("no-guard", "one-for-all"):
        drill.replace(f"flawed/{flaw}/flaw.toml", "manners.greeting", "manners.thanking")

    (problem,) = problems_of(drill)

    assert "is named after 'greeting', but practises 'manners.thanking'" in problem


def test_a_drill_of_another_skills_objective_is_refused(drill, content):
    other = content / "politeness" / "2-patience"
    other.mkdir()
    (other / "skill.toml").write_text('slug = "patience"\n[[objectives]]\nslug = "greeting"\n')
    for name in ("lab.toml", "checks.py"):
        text = (drill.folder / name).read_text()
        drill.write(name, text.replace("manners.greeting", "patience.greeting"))
    for flaw in ("no-guard", "one-for-all"):
        drill.replace(f"flawed/{flaw}/flaw.toml", "manners.greeting", "patience.greeting")

    (problem,) = problems_of(drill)

    assert "lies in the skill 'manners', but practises 'patience.greeting'" in problem


def test_a_drill_with_one_wrong_answer_is_refused(drill):
    for name in ("flaw.toml", "greeting.py"):
        drill.remove(f"flawed/no-guard/{name}")

    (problem,) = problems_of(drill)

    assert problem == (
        "flawed/: a drill has 2 wrong answers or more, and this has 1. Add what people get wrong"
        " here."
    )


def test_a_drill_among_the_labs_is_refused(drill):
    folder = drill.folder.parent.parent / "labs" / "drill-greeting"
    folder.parent.mkdir(exist_ok=True)
    drill.folder.rename(folder)

    (problem,) = problems_of(dataclasses.replace(drill, folder=folder))

    assert "it is a drill, but lies in labs/. Move its folder to drills/." in problem


def test_scaffolding_beside_the_starter_may_be_longer(drill):
    drill.write("starter/python/shelf.py", "SHELF = 1\n" * 60)

    assert load_lab(drill.folder).is_drill


def test_a_drills_package_is_a_drill_wherever_it_is_unpacked(drill, tmp_path):
    package = package_lab(load_lab(drill.folder), include_hidden=False)

    unpack_lab(package, tmp_path / "anywhere")

    loaded = load_lab(tmp_path / "anywhere")
    assert (loaded.slug, loaded.kind) == ("drill-greeting", "drill")


async def test_mutants_inform_about_a_drill_and_decide_about_a_lab(drill, make_lab, engine):
    unseen = "\n\ndef shout(name, times):\n    return name * times + '!' if times > 2 else name\n"
    lab = make_lab()
    for each in (drill, lab):
        right = (each.folder / "solutions/python/greeting.py").read_text()
        each.write("solutions/python/greeting.py", right + unseen)

    found = [
        await verify_lab(load_lab(each.folder), engine, Plan(seeds=(1,), repeats=1))
        for each in (drill, lab)
    ]

    (of_drill, of_lab) = [gate for record in found for gate in record.gates if gate.gate == 4]
    assert found[0].verified, [gate.problems for gate in found[0].gates]
    assert any(
        note.startswith("not caught: solutions/python/greeting.py:6") for note in of_drill.notes
    )
    assert "of its mutants are caught, and 90% are asked" in of_lab.problems[0]
