"""The labs that ship are verified as they are now, and their briefs speak the truth."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from milepost.labs import load_labs
from milepost.labs.check_files import is_check_file

LABS, BROKEN = load_labs(Path(__file__).parents[2] / "content")


def test_every_lab_that_ships_can_be_used():
    assert BROKEN == []
    assert LABS


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.slug)
def test_a_lab_ships_with_the_record_of_its_verification(lab):
    assert lab.record is not None, f"Run `milepost labs verify {lab.slug}` and commit its record."
    assert lab.record["verified"] is True


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.slug)
def test_no_file_of_checks_is_longer_than_one_of_the_source(lab):
    lengths = {
        path: content.count(b"\n") for path, content in lab.files.items() if is_check_file(path)
    }

    assert lengths != {}
    assert {path: lines for path, lines in lengths.items() if lines > 400} == {}


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.slug)
def test_every_check_that_learners_see_has_hints(lab):
    visible = {check.name for check in lab.checks if not check.hidden}

    assert visible - set(lab.hints) == set()


@pytest.fixture
def traffic_report():
    return next(lab for lab in LABS if lab.slug == "traffic-report")


def test_the_traffic_reports_brief_shows_what_its_sample_leads_to(traffic_report, tmp_path):
    starters = [traffic_report.starter_files(stack) for stack in traffic_report.stacks]
    (solution,) = [each for each in traffic_report.solutions() if each.name == "python"]
    for name, content in {**starters[0], **solution.files}.items():
        (tmp_path / name).write_bytes(content)

    run = subprocess.run(
        [sys.executable, "report.py", "sample.log"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        timeout=20,
    )

    examples = re.findall(r"^```json\n(.*?)^```$", traffic_report.brief, re.DOTALL | re.MULTILINE)
    assert json.loads(run.stdout) == json.loads(examples[1])
    assert {starter["sample.log"] for starter in starters} == {starters[0]["sample.log"]}


def test_the_pipelines_brief_shows_what_its_lines_lead_to(tmp_path):
    pipeline = next(lab for lab in LABS if lab.slug == "pipeline")
    (solution,) = [each for each in pipeline.solutions() if each.name == "python"]
    (tmp_path / "hives.py").write_bytes(solution.files["hives.py"])
    (tmp_path / "tried.py").write_text(
        "import json, sys\n"
        "from hives import changes, read_line, readings, season\n"
        "lines = sys.stdin.readlines()\n"
        "found = [read_line(lines[0]), *changes(readings(lines)), season(readings(lines))]\n"
        "print(json.dumps(found))\n"
    )
    lines, *_ = re.findall(r"^```text\n(.*?)^```$", pipeline.brief, re.DOTALL | re.MULTILINE)

    run = subprocess.run(
        [sys.executable, "tried.py"],
        cwd=tmp_path,
        input=lines,
        capture_output=True,
        text=True,
        check=True,
        timeout=20,
    )

    reading, changes, season = re.findall(
        r"^```json\n(.*?)^```$", pipeline.brief, re.DOTALL | re.MULTILINE
    )
    shown = [reading, *changes.splitlines(), season]
    assert json.loads(run.stdout) == [json.loads(each) for each in shown]
    starters = [pipeline.starter_files(stack) for stack in pipeline.stacks]
    for line in lines.splitlines():
        assert all(f'"{line}\\n"' in file.decode() for files in starters for file in files.values())


@pytest.mark.parametrize(
    "slug", ["bookshop", "slow-question", "two-at-once", "from-the-spreadsheet"]
)
def test_the_brief_of_a_database_lab_shows_the_tables_as_the_database_has_them(slug):
    lab = next(lab for lab in LABS if lab.slug == slug)

    shown, *_ = re.findall(r"^```sql\n(.*?)^```$", lab.brief, re.DOTALL | re.MULTILINE)

    assert lab.files["data/schema.sql"].decode().endswith(shown)
