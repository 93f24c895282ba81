"""The source viewer as a page, and the pages' behaviour when something is missing."""

import re

import pytest


@pytest.fixture
async def visitor(client, make):
    await make.path("tiny")
    return client.log_in(await make.learner())


async def test_a_file_has_numbered_lines_that_can_be_linked_to(visitor):
    page = (await visitor.get("/source/src/milepost/web/source.py")).text

    assert '<span class="line" id="L1">' in page
    assert 'href="#L7"' in page
    assert 'class="tok-' in page


async def test_a_folder_lists_what_can_be_read(visitor):
    page = (await visitor.get("/source/")).text

    assert 'href="/source/src"' in page
    assert "uv.lock" not in page
    assert ".git" not in page


@pytest.mark.parametrize(
    "path",
    [
        "uv.lock", ".git/config", "%2e%2e/%2e%2e/etc/passwd", "src/%2e%2e/.gitignore", "nowhere.py",
        "content/backend-developer/1-language/labs/traffic-report/checks/support.py",
    ],
)  # fmt: skip
async def test_the_rest_answers_as_if_it_did_not_exist(visitor, path):
    response = await visitor.get(f"/source/{path}")

    assert response.status_code == 404
    assert "source_not_found" in response.text or "not_found" in response.text


async def test_nobody_reads_without_signing_in(client, make):
    await make.path("tiny")

    assert (await client.get("/source/README.md")).status_code == 401


async def test_a_page_says_calmly_that_the_database_is_gone(visitor, outage):
    with outage:
        response = await visitor.get("/labs")

    assert response.status_code == 503
    assert "Milepost cannot answer right now" in response.text
    assert (await visitor.get("/labs")).status_code == 200


async def test_the_api_reference_is_readable_by_everybody(client):
    response = await client.get("/api/docs")

    assert response.status_code == 200
    assert "/api/v1/submissions" in response.text
    assert "<script>" not in response.text
    assert not re.search(r"</dt>\s*</div>", response.text)  # each name is described
    assert not re.search(r"<pre(?![^>]*role=)[^>]*aria-label", response.text)
