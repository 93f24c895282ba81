"""A new component is one folder, and so is a new stack: put into a copy of the source, they grade.

The component is the guide's own. Nothing outside of their folders is changed, and what they declare
is found through every door.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

OVERFLOW = '''

@check(task="count", objectives=["manners.greeting"])
def test_words_beyond_the_limit(program, tally):
    """Words beyond the limit"""
    program.run(stdin="a\\nb\\nc\\nd\\n")
    tally.counts()
'''

# On a stack whose build step makes the module that the solution imports.
STACK = """
title = "Lamplight"
builds_on = "python"

[build]
command = ["python", "make.py", "{out}"]
seconds = 30

[environment]
LAMP = "lit"

[selftest]
lacks = ["broken"]
"""
MAKE = """
import os
import sys

folder = sys.argv[1]
os.mkdir(folder)
with open(f"{folder}/made.py", "w") as file:
    file.write("import os\\nassert os.environ['LAMP'] == 'lit'\\n")
"""


@dataclass(frozen=True)
class Copy:
    """A copy of the source with the component in it, and content with one lab."""

    source: Path
    content: Path
    stacks: Path

    @property
    def lab(self) -> Path:
        return self.content / "politeness" / "1-manners" / "labs" / "word-tally"

    def run(self, *arguments):
        """Run the copy's own `milepost`."""
        known = {"PYTHONPATH": str(self.source), "MILEPOST_STACKS_DIR": str(self.stacks)}
        return subprocess.run(
            [sys.executable, "-m", "milepost.cli", *arguments],
            env=os.environ | known | {"MILEPOST_CONTENT_DIR": str(self.content)},
            cwd=self.content,
            capture_output=True,
            text=True,
            check=False,
        )

    def grade(self, solution="python", lab="word-tally", *, place="solutions"):
        result = self.run("labs", "run", lab, f"{place}/{solution}", "--json")
        assert result.stdout, result.stderr
        return json.loads(result.stdout)


@pytest.fixture(scope="module")
def files():
    """The files of the guide by name."""
    guide = Path(__file__).parents[3] / "docs" / "guides" / "components.md"
    blocks = re.findall(r"^```\w+ (\S+)\n(.*?)^```$", guide.read_text(), re.MULTILINE | re.DOTALL)
    return dict(blocks)


@pytest.fixture(scope="module")
def copy(files, stacks_dir, tmp_path_factory):
    root = tmp_path_factory.mktemp("copied")
    for folder in (root, root.parent):
        folder.chmod(0o755)  # sandboxes have other users
    shutil.copytree(
        Path(__file__).parents[3] / "src" / "milepost",
        root / "src" / "milepost",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    component = root / "src" / "milepost" / "engine" / "backing" / "tally"
    component.mkdir()
    for name, text in files.items():
        if name.startswith("tally/"):
            (component.parent / name).parent.mkdir(exist_ok=True)
            (component.parent / name).write_text(text)
    content = root / "content"
    skill = content / "politeness" / "1-manners"
    skill.mkdir(parents=True)
    (skill.parent / "path.toml").write_text('slug = "politeness"\n')
    (skill / "skill.toml").write_text('slug = "manners"\n[[objectives]]\nslug = "greeting"\n')
    return Copy(root / "src", content, stacks_dir)


@pytest.fixture
def lab(copy, files):
    """The lab of the guide."""
    shutil.rmtree(copy.lab, ignore_errors=True)
    for name, text in {
        "lab.toml": files["lab.toml"],
        "checks.py": files["checks.py"],
        "solutions/python/main.py": files["main.py"],
        "starter/python/main.py": "print('Nothing is counted yet.')\n",
        "brief.md": "Count the words of the standard input.\n",
    }.items():
        (copy.lab / name).parent.mkdir(parents=True, exist_ok=True)
        (copy.lab / name).write_text(text)
    return copy.lab


@pytest.fixture
def begun(copy):
    """Begin a lab, which is gone after the test."""
    folder = copy.lab.with_name("begun")

    def begin(*arguments):
        result = copy.run("labs", "new", "begun", "--objective", "manners.greeting", *arguments)
        assert result.returncode == 0, result.stderr
        return folder

    yield begin
    shutil.rmtree(folder)


def test_a_lab_begins_with_a_check_that_uses_it(copy, begun):
    begun("--service", "tally")

    right = copy.grade("python", "begun")
    wrong = copy.grade("python", "begun", place="starter")

    assert right["verdict"] == "passed", right["message"]
    assert wrong["verdict"] == "failed", wrong["message"]
    assert "tally" in {piece["kind"] for check in right["checks"] for piece in check["evidence"]}


@pytest.mark.usefixtures("lab")
def test_a_lab_with_it_is_graded(copy, files):
    report = copy.grade()

    assert report["verdict"] == "passed", report["message"]
    seen = report["checks"][0]["evidence"][-1]
    (sample,) = json.loads(files["tally/tally.json"])
    measured = {"at_seconds": 0, "duration_seconds": 0}
    assert seen | measured == sample | measured


def test_a_new_stack_is_a_folder_too_and_grades_with_it(copy, lab, files):
    folder = copy.source / "milepost" / "engine" / "stacks" / "lamplight"
    folder.mkdir()
    (folder / "stack.toml").write_text(STACK)
    manifest = (lab / "lab.toml").read_text()
    manifest = manifest.replace('stacks = ["python"]', 'stacks = ["python", "lamplight"]')
    entry = '[entry.lamplight]\nprogram = ["python", "main.py"]\n'
    (lab / "lab.toml").write_text(manifest.replace("[[tasks]]", f"{entry}\n[[tasks]]", 1))
    for name, text in {
        "solutions/lamplight/main.py": f"import made\n{files['main.py']}",
        "solutions/lamplight/make.py": MAKE,
        "starter/lamplight/main.py": "print('Nothing is counted yet.')\n",
        "starter/lamplight/make.py": MAKE,
    }.items():
        (lab / name).parent.mkdir(parents=True, exist_ok=True)
        (lab / name).write_text(text)

    report = copy.grade("lamplight")

    assert report["verdict"] == "passed", report["message"]
    assert report["build"]["passed"]
    assert report["stack_version"].startswith("Lamplight")
    assert "Lamplight" in copy.run("stacks", "list").stdout
    shutil.rmtree(folder)


def test_a_lab_begins_on_a_new_stack_that_brings_a_scaffold(copy, begun):
    folder = copy.source / "milepost" / "engine" / "stacks" / "lamplight"
    shutil.copytree(folder.with_name("python"), folder)
    (folder / "stack.toml").write_text('title = "Lamplight"\nbuilds_on = "python"\n')

    lab = begun("--stack", "lamplight", "--service", "tally")
    report = copy.grade("lamplight", "begun")
    shutil.rmtree(folder)

    assert (lab / "solutions" / "lamplight" / "count.py").is_file()
    assert report["verdict"] == "passed", report["message"]
    assert report["stack_version"].startswith("Lamplight")


def test_its_limit_ends_what_reaches_it_and_is_named(copy, lab):
    (lab / "checks.py").write_text((lab / "checks.py").read_text() + OVERFLOW)

    report = copy.grade()

    outcomes = [check["outcome"] for check in report["checks"]]
    assert outcomes == ["passed", "passed", "failed"], report
    assert report["limit_hit"] == "tally_words"
    told = copy.run("labs", "run", "word-tally", "solutions/python").stdout
    assert "more than 3 different words counted" in " ".join(told.split())


@pytest.mark.parametrize(("chosen", "said"), [("0", "at most 1000"), ("1001", "at most 1000")])
def test_its_limit_has_a_ceiling(copy, lab, chosen, said):
    manifest = (lab / "lab.toml").read_text()
    (lab / "lab.toml").write_text(manifest.replace("tally_words = 3", f"tally_words = {chosen}"))

    result = copy.run("labs", "run", "word-tally", "solutions/python")

    assert result.returncode == 2
    assert "tally_words" in result.stderr
    assert said in result.stderr.replace("\n", " ")


def test_a_lab_that_does_not_name_it_is_told(copy, lab):
    manifest = (lab / "lab.toml").read_text()
    (lab / "lab.toml").write_text(manifest.replace('services = ["tally"]\n', ""))

    report = copy.grade()

    assert report["verdict"] != "passed"
    assert ['services = ["tally"]' in check["message"] for check in report["checks"]] == [True] * 2


def test_every_door_knows_it(copy):
    program = (
        "from milepost.web.rendering.words import say_limit, say_servers\n"
        "from milepost.submissions.waiting import needs_isolation\n"
        "print(say_limit('tally_words'), say_servers(['tally']), needs_isolation(['tally']))"
    )

    result = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"PYTHONPATH": str(copy.source)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert result.stdout == "words in the tally Tally True\n"
    assert "tally" in copy.run("labs", "new", "--help").stdout


def test_its_evidence_has_a_page_a_line_and_a_place_in_the_reference(copy):
    program = (
        "import json\n"
        "from milepost.api.v1.schemas.gradings import CheckOut\n"
        "from milepost.engine.evidence.registry import find_kind\n"
        "from milepost.engine.evidence.stored import evidence_from_json\n"
        "from milepost.web.rendering.environment import find_template, get_environment\n"
        "piece = evidence_from_json(find_kind('tally').read_samples()[0])\n"
        "page = get_environment().get_template(find_template(piece)).module.body(piece)\n"
        "schema = CheckOut.model_json_schema(mode='serialization')\n"
        "kinds = schema['properties']['evidence']['items']['discriminator']['mapping']\n"
        "print(json.dumps([piece.describe(), str(page), 'tally' in kinds]))"
    )

    result = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"PYTHONPATH": str(copy.source)},
        capture_output=True,
        text=True,
        check=True,
    )

    line, page, is_in_reference = json.loads(result.stdout)
    assert line == "The tally → 2 words"
    assert "&#34;tea&#34;: 2" in page
    assert is_in_reference
