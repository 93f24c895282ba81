"""Checks in a folder: one file a task, what they share in `support.py`, and nothing hidden sent."""

import io
import json
import zipfile

import pytest
import typer
from typer.testing import CliRunner

from milepost.cli.commands.labs import app as labs
from milepost.cli.commands.labs.run import run as run_command
from milepost.labs import LabInvalid, load_lab, package_lab, unpack_lab

SUPPORT = '''
"""What the checks of both tasks use."""

NAMES = ["Ada", "Grace"]
# Only hidden checks know these.
SECRET_NAMES = ["Zuse"]


def pick(random, names):
    return random.choice(names)


def pick_secretly(random):
    return pick(random, SECRET_NAMES)


def require_greeting(got, name):
    assert got == f"Hello, {name}.", "People like to hear their names"
'''
GREET = '''
from milepost.engine.checks import check

from checks.support import NAMES, pick, require_greeting


@check(task="greet", objectives=["manners.greeting"])
def test_name_is_greeted(solution, random):
    """A name is greeted"""
    name = pick(random, NAMES)
    require_greeting(solution.call("greet", name), name)
'''
STRANGERS = '''
"""Nobody learns what stands here."""

from milepost.engine.checks import check

from checks.support import pick_secretly

print(pick_secretly)


@check(task="strangers", objectives=["manners.greeting"], hidden=True)
def test_no_name_is_refused(solution, random):
    """Without a name there is no greeting"""
    name = pick_secretly(random)
    assert name in str(solution.call("greet", name)), "Whoever has a name is greeted by it"
    assert solution.call("greet", "") is None, "Nobody is not somebody"
'''
MORE = '''

@check(task="greet", objectives=["manners.greeting"], hidden=True)
def test_a_secret_name_is_greeted(solution, random):
    """A rare name is greeted"""
    assert "Hello" in str(solution.call("greet", pick_secretly(random))), "A name is a name"
'''


@pytest.fixture
def parted(lab):
    """The small lab, with a file of checks for each of its tasks."""
    lab.remove("checks.py")
    return (
        lab.write("checks/support.py", SUPPORT)
        .write("checks/greet.py", GREET)
        .write("checks/strangers.py", STRANGERS)
    )


@pytest.fixture
def run(content):
    app = typer.Typer()
    app.command()(run_command)

    def invoke(*arguments):
        result = CliRunner().invoke(app, [*arguments, "--content", str(content), "--json"])
        return json.loads(result.stdout)

    return invoke


def problems_of(lab):
    with pytest.raises(LabInvalid) as caught:
        load_lab(lab.folder)
    return caught.value.problems


def files_in(package):
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_checks_are_those_of_all_files_in_the_order_of_the_tasks(parted):
    parted.replace("lab.toml", 'slug = "greet"', 'slug = "x"')
    parted.replace("lab.toml", 'slug = "strangers"', 'slug = "greet"')
    parted.replace("lab.toml", 'slug = "x"', 'slug = "strangers"')

    loaded = load_lab(parted.folder)

    assert [check.name for check in loaded.checks] == [
        "test_no_name_is_refused",
        "test_name_is_greeted",
    ]
    assert loaded.hidden_checks == 1


def test_answers_are_graded_by_all_files(run, parted):  # noqa: ARG001
    right, wrong = run("greeting", "solutions/python"), run("greeting", "no-guard")

    assert right["verdict"] == "passed"
    assert [each["name"] for each in right["checks"]] == [
        "test_name_is_greeted",
        "test_no_name_is_refused",
    ]
    assert [each["outcome"] for each in wrong["checks"]] == ["passed", "failed"]


def test_a_comparison_in_the_shared_file_is_told_with_both_sides(run, parted):
    parted.replace("solutions/python/greeting.py", "Hello", "Good day")

    report = run("greeting", "solutions/python", "--seed", "3")

    failed = report["checks"][0]
    assert failed["message"] == "People like to hear their names"
    assert failed["got"].startswith("Good day, ")
    assert failed["expected"].startswith("Hello, ")


def test_a_check_that_breaks_names_its_file_and_line(run, parted):
    parted.replace("checks/greet.py", "pick(random, NAMES)", "NAMES['Ada']")

    report = run("greeting", "solutions/python")

    assert "(checks/greet.py line 9)" in report["checks"][0]["message"]


def test_a_file_may_be_called_as_a_library_is(run, parted):
    for name in ("lab.toml", "checks/greet.py"):
        parted.replace(name, '"greet"', '"json"')
    parted.replace("checks/greet.py", 'call("json"', 'call("greet"')
    text = (parted.folder / "checks/greet.py").read_text()
    parted.remove("checks/greet.py").write("checks/json.py", f"import json\n{text}json.dumps(1)\n")

    assert run("greeting", "solutions/python")["verdict"] == "passed"


def test_the_shared_file_fills_the_database_for_all_files(run, content):
    named = ("new", "lamps", "--objective", "manners.greeting")
    made = CliRunner().invoke(labs, [*named, "--stack", "sql", "--content", str(content)])
    assert made.exit_code == 0, made.output
    lab = content / "politeness" / "1-manners" / "labs" / "lamps"
    text = (lab / "checks.py").read_text()
    shared, checks = text.split("@check", 1)
    (lab / "checks.py").unlink()
    (lab / "checks").mkdir()
    (lab / "checks" / "support.py").write_text(shared)
    (lab / "checks" / "find-lamps.py").write_text(
        "from milepost.engine.checks import check\n\n"
        f"from checks.support import expect\n\n\n@check{checks}"
    )

    right, wrong = run("lamps", "solutions/sql"), run("lamps", "below-the-sum")

    assert right["verdict"] == "passed"
    assert [each["outcome"] for each in wrong["checks"]] == ["failed", "failed"]


def test_a_learner_gets_no_file_of_hidden_checks_and_nothing_that_only_they_use(parted):
    files = files_in(package_lab(load_lab(parted.folder), include_hidden=False))

    assert {"checks/greet.py", "checks/support.py"} <= files.keys()
    assert "checks/strangers.py" not in files
    everything = "".join(files.values())
    for secret in ("test_no_name", "SECRET_NAMES", "Zuse", "pick_secretly", "Only hidden"):
        assert secret not in everything
    assert "def require_greeting" in files["checks/support.py"]


def test_what_is_shared_by_hidden_checks_alone_is_left_out_whole(parted):
    parted.write(
        "checks/greet.py", GREET.replace("from checks.support import NAMES, pick, ", "\n#")
    )
    parted.replace("checks/greet.py", "name = pick(random, NAMES)", 'name = "Ada"')
    parted.replace(
        "checks/greet.py",
        "require_greeting(solution.call(",
        'assert "Ada" in str(solution.call(',
    ).replace("checks/greet.py", "name), name)", 'name)), "A name is heard"')
    parted.write("checks/support.py", 'import re\n\nNAMES = re.split(",", "Zuse")\n')
    parted.write("checks/strangers.py", STRANGERS.replace("pick_secretly(random)", "NAMES[0]"))
    text = (parted.folder / "checks/strangers.py").read_text()
    parted.write("checks/strangers.py", text.replace("pick_secretly", "NAMES"))

    files = files_in(package_lab(load_lab(parted.folder), include_hidden=False))

    assert [name for name in files if name.startswith("checks")] == ["checks/greet.py"]


def test_an_import_for_hidden_checks_is_left_out_with_them(parted):
    parted.write("checks/greet.py", GREET + MORE)
    parted.replace(
        "checks/greet.py",
        "\n\n\n@check",
        "\nfrom checks.support import pick_secretly  # for the hidden one\n\n\n@check",
    )

    files = files_in(package_lab(load_lab(parted.folder), include_hidden=False))

    assert "pick_secretly" not in files["checks/greet.py"] + files["checks/support.py"]
    assert "import NAMES, pick, require_greeting" in files["checks/greet.py"]


def test_an_import_for_both_kinds_of_checks_is_refused(parted):
    parted.write("checks/greet.py", GREET + MORE)
    parted.replace("checks/greet.py", "import NAMES, pick,", "import NAMES, pick, pick_secretly,")

    [problem] = problems_of(parted)
    assert problem.startswith(
        "checks/greet.py line 3 imports `pick_secretly` for hidden checks alone"
    )
    assert problem.endswith("Import it in a line of its own, so that it can be left out.")


def test_a_learners_package_runs_without_the_hidden_files(parted, tmp_path, run):
    package = package_lab(load_lab(parted.folder), include_hidden=False)
    folder = tmp_path / "copy"
    unpack_lab(package, folder)

    copy = load_lab(folder)
    assert [check.name for check in copy.checks] == ["test_name_is_greeted"]
    assert copy.hidden_checks == 1
    assert copy.tasks == load_lab(parted.folder).tasks
    report = run(str(folder), "starter/python")
    assert [each["name"] for each in report["checks"]] == ["test_name_is_greeted"]


def test_a_whole_package_holds_all_files_as_they_are(parted):
    lab = load_lab(parted.folder)

    files = files_in(package_lab(lab, include_hidden=True))

    for name in ("greet", "strangers", "support"):
        assert files[f"checks/{name}.py"].encode() == lab.files[f"checks/{name}.py"]


def test_a_change_of_any_file_is_a_new_version(parted):
    before = load_lab(parted.folder).content_hash

    parted.replace("checks/support.py", '"Zuse"', '"Turing"')

    assert load_lab(parted.folder).content_hash != before


FAULTS = {
    "both forms": ("checks.py", "", "There are checks.py and a folder checks/. Keep one of them"),
    "a file of no task": (
        "checks/bows.py",
        "",
        "checks/bows.py is named after no task of lab.toml (greet, strangers).",
    ),
    "a file in a folder": ("checks/more/greet.py", "", "checks/more/greet.py is named after no"),
    "a file without checks": ("checks/greet.py", "x = 1\n", "checks/greet.py has no check."),
    "a shared check": (
        "checks/support.py",
        SUPPORT + GREET.replace("\nfrom checks.support import NAMES, pick, require_greeting\n", ""),
        "test_name_is_greeted belongs to the task 'greet'. Move it to checks/greet.py.",
    ),
    "a check of another task": (
        "checks/greet.py",
        GREET.replace('"greet", obj', '"strangers", obj'),
        "belongs to the task 'strangers'. Move it to checks/strangers.py.",
    ),
    "one name twice": (
        "checks/strangers.py",
        STRANGERS.replace("test_no_name_is_refused", "test_name_is_greeted"),
        "checks/strangers.py line 11: test_name_is_greeted has the name of an earlier check",
    ),
    "bad syntax": ("checks/support.py", "def (", "checks/support.py line 1: "),
    "all at once": (
        "checks/greet.py",
        GREET.replace("NAMES, pick, require_greeting", "*"),
        "checks/greet.py line 3 imports from checks/ in a way that can't be followed.",
    ),
    "the module": (
        "checks/greet.py",
        f"import checks.support\n{GREET}",
        "checks/greet.py line 1 imports from checks/ in a way",
    ),
    "a neighbour": (
        "checks/greet.py",
        f"from checks.strangers import pick_secretly\n{GREET}",
        "Write `from checks.support import NAME` at the top level",
    ),
    "a relative name": (
        "checks/greet.py",
        f"from .support import pick\n{GREET}",
        "checks/greet.py line 1 imports from checks/ in a way",
    ),
    "within a function": (
        "checks/greet.py",
        f"{GREET}    from checks.support import SECRET_NAMES\n",
        "checks/greet.py line 11 imports from checks/ in a way",
    ),
    "a filling of its own": (
        "checks/greet.py",
        f"{GREET}\n\ndef seed(connection, random):\n    pass\n",
        "`seed` fills the database for the checks of every file. Move it into checks/support.py.",
    ),
    "hidden checks alone": (
        "checks/greet.py",
        GREET.replace('greeting"])', 'greeting"], hidden=True)'),
        "Every check is hidden, so learners could run none. Let one be visible.",
    ),
    "hidden data": (
        "checks/support.py",
        SUPPORT.replace("return random", 'open("data/hidden/names.txt")\n    return random'),
        "checks/support.py line 9 reads data/hidden/",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_folder_of_checks_is_refused_for(fault, parted):
    name, text, sentence = FAULTS[fault]
    parted.write(name, text)

    problems = problems_of(parted)

    assert any(sentence in problem for problem in problems), problems
    assert all(problem.endswith((".", ")")) for problem in problems)


def test_a_lab_without_any_checks_is_refused(parted):
    for name in ("greet", "strangers", "support"):
        parted.remove(f"checks/{name}.py")

    assert problems_of(parted) == ("checks.py is missing. Every lab has one.",)
