"""Asking only for what has changed: `If-None-Match` on what has an ETag (RFC 9110 §13.1.2)."""

import pytest

from milepost.web.rendering.static_files import static_url

PATH = "/api/v1/paths/tiny"
STYLE = static_url("milepost.css")


@pytest.fixture
async def learner(client, make):
    await make.path()
    return client.log_in(await make.learner())


@pytest.mark.parametrize("address", [PATH, STYLE, "/static/0123456789ab/lab.js"])
async def test_every_way_to_name_the_tag_is_understood(learner, address):
    tag = (await learner.get(address)).headers["etag"]
    opaque = tag.removeprefix("W/")
    assert tag == f"W/{opaque}"

    for named in (
        tag,
        opaque,
        "*",
        " * ",
        f'"other", {tag}',
        f'W/"a", W/"b",{opaque} , "c"',
        f'"with, comma", {tag}',
    ):
        unchanged = await learner.get(address, headers={"if-none-match": named})
        assert (unchanged.status_code, unchanged.content) == (304, b""), named
        assert unchanged.headers["etag"] == tag
        assert unchanged.headers["vary"] == "Accept-Encoding"
    for named in ('"other"', "", opaque.strip('"'), f'"*", "{opaque[2:]}', '"*"'):
        again = await learner.get(address, headers={"if-none-match": named})
        assert again.status_code == 200, named


async def test_a_tag_in_the_second_of_two_header_lines_counts(learner):
    tag = (await learner.get(PATH)).headers["etag"]

    response = await learner.get(
        PATH, headers=[("if-none-match", '"other"'), ("if-none-match", tag)]
    )

    assert response.status_code == 304


@pytest.mark.parametrize("address", [PATH, STYLE])
async def test_a_tag_holds_in_every_coding(learner, address):
    tag = (await learner.get(address, headers={"accept-encoding": "gzip"})).headers["etag"]

    for coding in ("gzip", "zstd", "identity"):
        headers = {"accept-encoding": coding, "if-none-match": tag}
        response = await learner.get(address, headers=headers)
        assert response.status_code == 304, coding
        assert "content-encoding" not in response.headers


async def test_what_is_not_there_is_never_unchanged(learner):
    tag = (await learner.get(PATH)).headers["etag"]

    for address in ("/api/v1/paths/none", f"{STYLE}.none", "/labs/none"):
        for named in (tag, "*"):
            response = await learner.get(address, headers={"if-none-match": named})
            assert response.status_code == 404, (address, named)


async def test_head_is_conditional_as_get_is(learner):
    tag = (await learner.head(PATH)).headers["etag"]

    assert (await learner.head(PATH, headers={"if-none-match": tag})).status_code == 304


async def test_an_unchanged_file_is_kept_as_long_as_a_fresh_one(learner):
    fresh = await learner.get(STYLE)
    unchanged = await learner.get(STYLE, headers={"if-none-match": fresh.headers["etag"]})

    assert unchanged.headers["cache-control"] == fresh.headers["cache-control"]


async def test_odd_names_of_files_are_not_found(client):
    for name in ("a" * 300, "a/" * 3000, "%2e%2e/main.py", "vendor/"):
        response = await client.get(f"/static/0123456789ab/{name}")
        assert response.status_code == 404, name
