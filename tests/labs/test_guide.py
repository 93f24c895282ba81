"""The authors' guide shows what the reader of labs accepts."""

import ast
import inspect
import re
import shlex
import shutil
from importlib import import_module
from pathlib import Path

import pytest
from typer.testing import CliRunner

from milepost.cli.commands.labs import app
from milepost.engine.backing.registry import list_components, list_limits
from milepost.engine.checks.plugin import GradingPlugin
from milepost.labs import GATES, load_lab
from milepost.labs.checks_file import CheckBinding, read_checks
from milepost.labs.equivalents import read_equivalents
from milepost.labs.manifest import read_manifest

CHECK = "test_no_name_is_refused"  # one that the small lab has


@pytest.fixture(scope="module")
def guide():
    return (Path(__file__).parents[2] / "docs" / "guides" / "authors.md").read_text("utf-8")


def list_blocks(text):
    """List the language, the name and the text of each block."""
    blocks = re.finditer(r"^(`{3,})(\w*)(?: (\S+))?\n(.*?)^\1$", text, re.DOTALL | re.MULTILINE)
    return [(found[2], found[3], found[4]) for found in blocks]


def block(guide, language, holding):
    """Return the first block in a language that holds these words and is no file of its own."""
    return next(
        text
        for its, name, text in list_blocks(guide)
        if (its, name) == (language, None) and holding in text
    )


def test_its_manifest_and_checks_are_accepted(guide):
    problems = []

    manifest = read_manifest(block(guide, "toml", "[entry.python]").encode(), problems)
    binding = CheckBinding([task.slug for task in manifest.tasks], manifest.objectives)
    checks = read_checks(
        {"checks.py": ast.parse(block(guide, "python", "@check"))}, binding, problems
    )

    assert problems == []
    assert [check.name for check in checks] == ["test_runs_of_spaces_count_once"]


def test_its_check_of_two_fixtures_is_accepted(guide):
    binding = CheckBinding(["count-words"], ["language.functions"])
    tree = ast.parse(block(guide, "python", "redis.commands"))

    [check] = read_checks({"checks.py": tree}, binding, problems := [])

    assert problems == []
    assert check.name == "test_one_text_is_counted_once"


def test_its_check_with_helpers_is_accepted_and_imports_what_there_is(guide):
    text = block(guide, "python", "require_named")
    tree = ast.parse(text)
    binding = CheckBinding(["count-words"], ["language.functions"])

    [check] = read_checks({"checks.py": tree}, binding, problems := [])

    assert problems == []
    assert check.name == "test_what_is_no_text_is_refused"
    exec(compile(tree, "guide", "exec"), {})  # noqa: S102 - imports, and a function that is not run


def test_it_names_helpers_that_there_are(guide):
    rows = re.findall(
        r"^\| `(answers|learner_code|row_sets|cases)` \| (.*) \|$", guide, re.MULTILINE
    )

    assert len(rows) == 4
    for module, said in rows:
        found = vars(import_module(f"milepost.engine.checks.{module}"))
        named = [name for name in re.findall(r"`([a-z_]+)[`(]", said) if "_" in name]
        assert [name for name in named if name not in found] == []


def test_its_flaw_fits_the_solution_that_it_shows(guide, lab):
    solution = block(guide, "python", "def count_words")
    lab.write("solutions/python/count.py", solution)
    lab.replace("lab.toml", '["manners.greeting"]', '["manners.greeting", "language.loops"]')
    told = block(guide, "toml", "misconception").replace("test_runs_of_spaces_count_once", CHECK)
    lab.write("flawed/counts-spaces.toml", told)

    flaws = load_lab(lab.folder, objectives=["manners.greeting", "language.loops"]).flawed()

    [flaw] = [each for each in flaws if each.name == "counts-spaces"]
    assert flaw.files["count.py"].decode() != solution


def test_its_list_of_edits_names_every_kind(guide):
    kinds = re.findall(r"^(file|delete|add) = ", block(guide, "toml", "delete ="), re.MULTILINE)

    assert set(kinds) == {"file", "delete", "add"}


def test_it_names_every_limit(guide):
    assert [limit.name for limit in list_limits() if limit.name not in guide] == []


@pytest.fixture
def first_hour(guide):
    """The part of the guide that leads from nothing to a proven drill."""
    return guide.partition("\n# Reference\n")[0]


@pytest.fixture
def shelf(content):
    """A path with the skill and the lesson that the first hour is about."""
    skill = content / "backend-developer" / "4-rest-apis"
    shipped = Path(__file__).parents[2] / "content" / "backend-developer" / skill.name
    shutil.copytree(shipped / "lessons", skill / "lessons")
    shutil.copy(shipped / "skill.toml", skill)
    (skill.parent / "path.toml").write_text('slug = "backend-developer"\n')
    return skill


@pytest.mark.usefixtures("own_data")
def test_its_first_hour_leads_from_nothing_to_a_proven_drill(first_hour, shelf, content):
    begin = block(first_hour, "", "labs new").splitlines()[0]
    rename = block(first_hour, "", "mv starter").splitlines()
    verify = block(first_hour, "", "labs verify").splitlines()[0]
    wanted = block(first_hour, "text", "drill-pagination: verified").splitlines()
    made = run(begin, content)
    assert made.exit_code == 0, made.output
    folder = shelf / "drills" / "pagination"

    for command, *names in map(shlex.split, rename):
        if command == "mv":
            (folder / names[0]).rename(folder / names[1])
        else:
            assert command == "rm"
            for name in names:
                (folder / name).unlink()
    for _, name, text in list_blocks(first_hour):
        if name is not None:
            (folder / name).write_text(text)
    verified = run(verify, content)

    said = verified.stdout.splitlines()
    assert verified.exit_code == 0, verified.stdout
    missing = [line for line in wanted if "closest" not in line and not told(line, said)]
    assert missing == []


def test_its_first_hour_is_read_in_a_quarter_of_one(first_hour):
    prose = re.sub(r"^(`{3,}).*?^\1$", "", first_hour, flags=re.DOTALL | re.MULTILINE)

    assert len(prose.split()) < 1200


def test_every_section_that_it_leads_to_exists(guide):
    headings = re.findall(r"^#+ (.+)$", guide, re.MULTILINE)
    names = {re.sub(r"[^a-z0-9 -]", "", each.lower()).replace(" ", "-") for each in headings}

    links = re.findall(r"\]\(#([\w-]+)\)", guide)
    assert links
    assert [link for link in links if link not in names] == []


def run(command, content):
    program, group, *arguments = shlex.split(command)
    assert (program, group) == ("milepost", "labs")
    return CliRunner().invoke(app, [*arguments, "--content", str(content)])


def told(line, said):
    """Whether a line of the guide was printed; an ellipsis stands for the rest of it."""
    begin = line.removesuffix("…)")
    return any(each.startswith(begin) for each in said)


def test_it_explains_a_mutant_as_the_reader_of_reasons_wants_it(guide):
    first, second = read_equivalents(
        block(guide, "toml", "[[equivalent]]").encode(), problems := []
    )

    assert problems == []
    assert first.reason == second.reason
    assert first.becomes != second.becomes


def test_it_names_every_gate_and_option_of_verify(guide):
    said = run("milepost labs verify --help", Path()).output
    options = set(re.findall(r"--[a-z-]+", guide))

    assert all(f"| {gate} | " in guide for gate in GATES)
    assert {"--only-gate", "--mutants", "--mutant-seed", "--no-record", "--seed"} <= options
    assert "--only-gate" in said


def test_it_names_every_fixture(guide):
    fixtures = re.findall(r'@pytest.fixture\(name="(\w+)"\)', inspect.getsource(GradingPlugin))
    offered = [name for name in fixtures if not name.startswith("milepost_")]
    offered += [name for component in list_components() for name in component.fixtures]

    assert {"program", "solution", "postgres"} <= set(offered)
    assert [name for name in offered if f"`{name}`" not in guide] == []
