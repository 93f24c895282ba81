"""Labs through the API. Nothing of a hidden check leaves but the number of them."""

import io
import zipfile

import pytest

from factories.content import HIDDEN, VISIBLE
from fakes.grader import FakeGrader, failed


async def test_labs_are_listed_with_what_the_learner_has_done(client, make, queue):
    lab = await make.lab()
    learner = await make.learner()
    await make.submission(lab=lab, learner=learner)
    await queue.work(FakeGrader(failed()))

    (listed,) = (await client.log_in(learner).get("/api/v1/labs")).json()["items"]

    assert listed["slug"] == "adding"
    assert listed["stacks"] == ["python"]
    assert listed["last_verdict"] == "failed"
    assert listed["passed_at"] is None


async def test_labs_can_be_asked_for_by_path(client, make):
    await make.lab()
    other = await make.path("other")
    await make.lab("elsewhere", path=other)
    visitor = client.log_in(await make.learner())

    listed = (await visitor.get("/api/v1/labs", params={"path": "other"})).json()["items"]

    assert [lab["slug"] for lab in listed] == ["elsewhere"]


async def test_the_labs_of_a_skill_are_listed_shortest_first(client, make):
    await make.lab("a-long-one")
    file = make.content_dir / "tiny" / "1-basics" / "labs" / "a-long-one" / "lab.toml"
    file.write_text(file.read_text().replace("minutes = 5", "minutes = 90"))
    await make.lab("short-one")
    await make.lab("another-short-one")
    visitor = client.log_in(await make.learner())

    listed = (await visitor.get("/api/v1/labs")).json()["items"]
    (basics, *_) = (await visitor.get("/api/v1/paths/tiny")).json()["skills"]

    assert [lab["slug"] for lab in listed] == ["another-short-one", "short-one", "a-long-one"]
    assert basics["labs"] == listed


async def test_a_lab_shows_everything_that_is_needed_to_begin(client, make):
    lab = await make.lab(checks=(VISIBLE, HIDDEN))
    visitor = client.log_in(await make.learner())

    shown = (await visitor.get("/api/v1/labs/adding")).json()

    assert shown["version"] == lab.content_hash
    assert shown["path"], shown["skill"] == ("tiny", "basics")
    assert shown["brief"].startswith("# Adding up")
    assert shown["starter"]["python"]["adding.py"].startswith("def add")
    assert shown["objectives"] == [{"key": "basics.adding", "title": "Adding"}]
    assert [check["title"] for check in shown["checks"]] == [VISIBLE.title]
    assert shown["hidden_check_count"] == 1


@pytest.mark.parametrize("address", ["labs", "labs/adding", "labs/adding/package", "paths/tiny"])
async def test_nothing_of_a_hidden_check_leaves_with_a_lab(client, make, address):
    await make.lab(checks=(VISIBLE, HIDDEN))
    visitor = client.log_in(await make.learner())

    response = await visitor.get(f"/api/v1/{address}")

    assert response.status_code == 200
    content = response.content
    if response.headers["content-type"] == "application/zip":
        archive = zipfile.ZipFile(io.BytesIO(content))
        content = b"".join(archive.read(name) for name in archive.namelist())
    for secret in (HIDDEN.name, HIDDEN.title, "-6877"):
        assert secret.encode() not in content


async def test_a_package_holds_what_runs_the_visible_checks(client, make):
    await make.lab(checks=(VISIBLE, HIDDEN))
    visitor = client.log_in(await make.learner())

    response = await visitor.get("/api/v1/labs/adding/package")

    names = zipfile.ZipFile(io.BytesIO(response.content)).namelist()
    assert {"lab.toml", "brief.md", "checks.py", "starter/python/adding.py"} <= set(names)
    assert not any(name.startswith(("solutions/", "flawed/")) for name in names)


@pytest.mark.parametrize("address", ["labs/nothing", "labs/nothing/package"])
async def test_an_unknown_lab_is_a_problem(client, make, address):
    visitor = client.log_in(await make.learner())

    response = await visitor.get(f"/api/v1/{address}")

    assert response.status_code == 404
    assert response.json()["code"] == "lab_not_found"
