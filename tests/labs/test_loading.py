"""Labs load without being run; a lab with any defect is refused with a sentence that fixes it."""

import os

import pytest

from milepost.engine import GradingSpec, Limits
from milepost.labs import LabInvalid, UnknownStack, load_lab, load_labs


def problems_of(lab):
    with pytest.raises(LabInvalid) as caught:
        load_lab(lab.folder)
    return caught.value.problems


def test_a_whole_lab_loads_with_everything_that_is_known_of_it(lab):
    loaded = load_lab(lab.folder)

    assert loaded.slug == "greeting"
    assert loaded.grading.entries["python"].program == ("python", "greeting.py")
    assert loaded.grading.limits.wall_seconds == 20
    assert [task.slug for task in loaded.tasks] == ["greet", "strangers"]
    assert [(check.name, check.hidden) for check in loaded.checks] == [
        ("test_name_is_greeted", False),
        ("test_no_name_is_refused", True),
    ]
    assert loaded.checks[0].title == "A name is greeted"
    assert loaded.hidden_checks == 1
    assert loaded.starter_fails == {"test_name_is_greeted", "test_no_name_is_refused"}
    assert loaded.starter_files("python") == {"greeting.py": b"def greet(name):\n    return None\n"}
    assert [solution.name for solution in loaded.solutions()] == ["python"]
    assert [flaw.name for flaw in loaded.flawed()] == ["no-guard", "one-for-all"]


def test_a_limit_can_be_chosen_for_one_stack_alone(lab):
    lab.replace("lab.toml", "[entry", "[limits.python]\nmemory_bytes = 100_000_000\n\n[entry")

    spec = load_lab(lab.folder).grading

    assert spec.stack_limits == {"python": {"memory_bytes": 100_000_000}}
    assert spec.limits.memory_bytes == Limits().memory_bytes
    assert GradingSpec.from_json(spec.to_json()) == spec


def test_loading_runs_no_code_of_a_lab(lab, tmp_path):
    lab.replace("checks.py", "NAMES =", f"open({str(tmp_path / 'ran')!r}, 'w')\nNAMES =")

    load_lab(lab.folder)

    assert not (tmp_path / "ran").exists()


def test_a_stack_that_is_not_offered_is_refused(lab):
    with pytest.raises(UnknownStack, match="It offers python"):
        load_lab(lab.folder).starter_files("cobol")


# Each defect: the file to spoil, what is there, what to put in its place, and what is said.
DEFECTS = {
    "toml that is none": ("lab.toml", 'slug = "', "slug = ", "lab.toml is not TOML"),
    "a limit of a stack that is too much": (
        "lab.toml",
        "[entry",
        "[limits.python]\nfiles = 1_000_000\n\n[entry",
        "lab.toml, [limits], [python]: `files` is 1000000. Give a number above 0",
    ),
    "limits of a stack that is not offered": (
        "lab.toml",
        "[entry",
        "[limits.node]\nfiles = 10\n\n[entry",
        "`node` is not a field here",
    ),
    "a field missing": ("lab.toml", "minutes = 10", "", "`minutes` is None. Give a whole number"),
    "a field misspelt": ("lab.toml", "minutes =", "minuets =", "`minuets` is not a field here"),
    "a difficulty of its own": ("lab.toml", '"easy"', '"fun"', "Choose one of easy, medium, hard"),
    "a slug unlike its folder": ("lab.toml", '"greeting"', '"hello"', "Give both one name"),
    "a slug with capitals": ("lab.toml", '"greeting"', '"Greeting"', "Use small letters"),
    "an unknown objective": (
        "lab.toml",
        '["manners.greeting"]',
        '["manners.greeting", "manners.bowing"]',
        "`objectives` names 'manners.bowing', which no skill of this path has",
    ),
    "a limit beyond reason": ("lab.toml", "= 20", "= 9000", "`wall_seconds` is 9000"),
    "a limit that is unknown": (
        "lab.toml",
        "wall_seconds",
        "patience",
        "`patience` is not a field",
    ),
    "a service": (
        "lab.toml",
        "minutes",
        'services = ["oracle"]\nminutes',
        "cannot start for a lab",
    ),
    "no way to reach the code": (
        "lab.toml",
        'program = ["python", "greeting.py"]\nmodule = "greeting.py"',
        "",
        "there is no `program`, `module` or `service`",
    ),
    "a module outside": (
        "lab.toml",
        'module = "g',
        'module = "../g',
        "`module` is '../greeting.py'",
    ),
    "a stack without a starter": (
        "lab.toml",
        '["python"]',
        '["python", "node"]',
        "starter/node/ has no file",
    ),
    "a task without a check": (
        "lab.toml",
        "[[tasks]]",
        '[[tasks]]\nslug = "idle"\ntitle = "Idle"\nsentence = "Nothing."\n[[tasks]]',
        "the task 'idle' has no check",
    ),
    "a task named twice": ("lab.toml", '"strangers"', '"greet"', "the task 'greet' exists already"),
    "a starter that fails the unknown": (
        "lab.toml",
        "[entry.python]",
        '[starter]\nfails = ["test_magic"]\n[entry.python]',
        "names 'test_magic', and there is no such check",
    ),
    "checks that are no python": ("checks.py", "def pick(", "def (", "checks.py line 10"),
    "a check without a mark": (
        "checks.py",
        '@check(task="greet", objectives=["manners.greeting"])\n',
        "",
        "test_name_is_greeted has no @check",
    ),
    "a check without a sentence": (
        "checks.py",
        '    """A name is greeted"""\n',
        "",
        "no docstring",
    ),
    "a check of no task": ("checks.py", 'task="greet"', 'task="bow"', "belongs to the task 'bow'"),
    "a check of no objective": (
        "checks.py",
        'task="greet", objectives=["manners.greeting"]',
        'task="greet", objectives=[]',
        "names no objective",
    ),
    "a check of a foreign objective": (
        "checks.py",
        'task="greet", objectives=["manners.greeting"]',
        'task="greet", objectives=["manners.bowing"]',
        "proves 'manners.bowing', which `objectives` of lab.toml has not",
    ),
    "a check that is misspelt": (
        "checks.py",
        "def test_name_is_greeted",
        "def tset_name_is_greeted",
        "does not begin with test_",
    ),
    "a check with computed marks": ("checks.py", 'task="greet"', "task=TASK", "computes `task`"),
    "a check that says nothing": (
        "checks.py",
        ', "People like to hear their names"',
        "",
        "asserts without a message",
    ),
    "a check that is async": ("checks.py", "def test_name", "async def test_name", "is async"),
    "a flaw of no check": (
        "flawed/no-guard/flaw.toml",
        "no_name",
        "no_game",
        "and there is no such check",
    ),
    "a flaw over nothing": ("flawed/no-guard/flaw.toml", '"python"', '"rust"', "no solutions/rust"),
    "a flaw of another subject": (
        "flawed/no-guard/flaw.toml",
        '["manners.greeting"]',
        '["manners.bowing"]',
        "`lacks` names 'manners.bowing'",
    ),
    "a flaw that explains nothing": (
        "flawed/no-guard/flaw.toml",
        'misconception = "You greet before you know whether there is anybody."',
        "",
        "`misconception` is missing",
    ),
}


@pytest.mark.parametrize("defect", DEFECTS)
def test_a_lab_is_refused_for(defect, lab):
    name, old, new, sentence = DEFECTS[defect]
    lab.replace(name, old, new)

    problems = problems_of(lab)

    assert any(sentence in problem for problem in problems), problems
    assert all(problem.endswith((".", ")")) for problem in problems)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('task="greet"', "task=TASK"),
        ('objectives=["manners.greeting"]', "objectives=PROVES"),
        ('objectives=["manners.greeting"]', 'objectives=["manners.greeting"], hidden=HIDDEN'),
    ],
)
def test_a_computed_mark_is_named_once(old, new, lab):
    text = (lab.folder / "checks.py").read_text()
    lab.write("checks.py", text.replace(old, new, 1))

    said = [problem for problem in problems_of(lab) if "test_name_is_greeted" in problem]

    assert len(said) == 1
    assert "Write the value itself, no name that holds it" in said[0]


@pytest.mark.parametrize("name", ["lab.toml", "brief.md", "checks.py"])
def test_a_lab_without_a_required_file_is_refused(name, lab):
    lab.remove(name)

    assert f"{name} is missing. Every lab has one." in problems_of(lab)


READS_HIDDEN = {
    "a path in pieces": '(data / "hidden" / "names.txt").read_text()',
    "a path in one": '(data / "hidden/names.txt").read_text()',
    "joined": 'data.joinpath("hidden", "names.txt").read_text()',
    "opened by name": 'open("data/hidden/names.txt").read()',
    "in a text with braces": 'open(f"{data}/hidden/names.txt").read()',
}


@pytest.mark.parametrize("read", READS_HIDDEN.values(), ids=READS_HIDDEN)
def test_hidden_data_is_read_by_hidden_checks_alone(read, lab):
    lab.replace(
        "checks.py",
        "def test_name_is_greeted(solution, random)",
        "def test_name_is_greeted(solution, random, data)",
    )
    lab.replace("checks.py", "name = pick(random, NAMES)", f"name = {read}")
    (problem,) = problems_of(lab)

    line = (lab.folder / "checks.py").read_text().splitlines().index(f"    name = {read}") + 1
    assert problem.startswith(f"checks.py line {line} reads data/hidden/")
    assert "Move the file to data/" in problem


def test_a_function_that_a_visible_check_reaches_reads_no_hidden_data(lab):
    lab.replace(
        "checks.py",
        "    return random.choice(names)",
        '    return open("data/hidden/names.txt").read()',
    )

    assert [problem.partition(" reads")[0] for problem in problems_of(lab)] == ["checks.py line 11"]


def test_what_only_hidden_checks_reach_may_read_hidden_data(lab):
    lab.replace(
        "checks.py",
        'SECRET_NAMES = ["Zuse"]',
        'SECRET_NAMES = open("data/hidden/names.txt").readlines()',
    )
    lab.replace(
        "checks.py",
        '"""A name is greeted"""',
        '"""A name is greeted, as data/hidden/ does not tell"""',
    )

    assert load_lab(lab.folder).hidden_checks == 1


def test_a_check_inside_something_else_is_named(lab):
    lab.write(
        "checks.py",
        (lab.folder / "checks.py").read_text() + "\nif NAMES:\n    def test_x():\n        pass\n",
    )

    assert any("test_x is not at the top level" in problem for problem in problems_of(lab))


def test_a_second_check_of_one_name_is_named(lab):
    text = (lab.folder / "checks.py").read_text()
    lab.write("checks.py", text.replace("test_no_name_is_refused", "test_name_is_greeted"))

    assert any("has the name of an earlier check" in problem for problem in problems_of(lab))


def test_an_unknown_file_is_named(lab):
    lab.write("solution/python/greeting.py", "")

    assert "solution is not part of a lab. Fix its spelling, or move it into data/." in problems_of(
        lab
    )


def test_a_symbolic_link_is_refused_and_not_followed(lab, tmp_path):
    (tmp_path / "secret.txt").write_text("secret")
    (lab.folder / "data" / "link.txt").symlink_to(tmp_path / "secret.txt")

    assert any("data/link.txt is a symbolic link" in problem for problem in problems_of(lab))


def test_a_linked_folder_is_refused_and_not_followed(lab, tmp_path):
    (tmp_path / "outside").mkdir()
    (lab.folder / "data" / "more").symlink_to(tmp_path / "outside")

    assert any("data/more is a symbolic link" in problem for problem in problems_of(lab))


def test_a_pipe_is_refused_without_waiting_for_it(lab):
    os.mkfifo(lab.folder / "data" / "pipe")

    assert "data/pipe is not an ordinary file. Remove it." in problems_of(lab)


@pytest.mark.parametrize("name", ["new\nline.txt", "con.txt", "trailing.", "tab\there", "x" * 120])
def test_a_hostile_name_is_refused(name, lab):
    (lab.folder / "data" / name).write_text("")

    assert problems_of(lab)


def test_names_that_differ_by_case_alone_are_refused(lab):
    lab.write("data/Names.txt", "")

    assert any("are one file on some systems" in problem for problem in problems_of(lab))


def test_a_file_that_is_too_large_is_refused_unread(lab):
    with (lab.folder / "data" / "large.bin").open("wb") as file:
        file.truncate(3 * 1024 * 1024)

    assert any("data/large.bin has 3145728 bytes" in problem for problem in problems_of(lab))


@pytest.mark.parametrize("spoilt", [b"\xff\xfe", b"a\0b"], ids=["bytes", "nul"])
def test_a_starter_that_is_no_text_is_refused(spoilt, lab):
    (lab.folder / "starter" / "python" / "logo.png").write_bytes(spoilt)

    assert any("logo.png is not UTF-8 text" in problem for problem in problems_of(lab))


def test_too_many_files_are_refused(lab):
    for number in range(1100):
        (lab.folder / "data" / f"{number}.txt").touch()

    assert any("more than 1000 files" in problem for problem in problems_of(lab))


def test_all_problems_are_told_at_once(lab):
    lab.replace("lab.toml", "minutes = 10", "").replace("checks.py", '"""A name is greeted"""', "")

    assert len(problems_of(lab)) == 2


def test_one_broken_lab_does_not_stop_the_others(make_lab, content):
    make_lab("greeting")
    make_lab("farewell").remove("brief.md")

    labs, broken = load_labs(content)

    assert [lab.slug for lab in labs] == ["greeting"]
    assert [(lab.path.name, lab.problems) for lab in broken] == [
        ("farewell", ("brief.md is missing. Every lab has one.",))
    ]


def test_a_broken_skill_refuses_its_labs_and_no_others(make_lab, content):
    make_lab()
    skill = content / "politeness" / "2-silence"
    skill.mkdir()
    (skill / "skill.toml").write_text("slug = \n")

    labs, broken = load_labs(content)
    assert [lab.slug for lab in labs] == ["greeting"]

    (content / "politeness" / "1-manners" / "skill.toml").write_bytes(b"\xff")
    labs, broken = load_labs(content)
    assert labs == []
    assert "which no skill of this path has" in broken[0].problems[0]


def test_what_decides_a_verdict_changes_the_hash_and_nothing_else_does(lab):
    before = load_lab(lab.folder).content_hash

    lab.write("solutions/python-other/greeting.py", "")
    assert load_lab(lab.folder).content_hash == before

    lab.write("data/names.txt", "Grace\n")
    assert load_lab(lab.folder).content_hash != before
