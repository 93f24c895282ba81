"""Compressed answers: which are, how a coding is chosen, and what must never be compressed."""

import gzip
import re
from collections.abc import Callable

import httpx
import pytest
import zstandard

from milepost.accounts.service import signing_in
from milepost.http.compression import LEAST_BYTES, choose_coding
from milepost.web.rendering.static_files import static_url

PLAIN = {"accept-encoding": "identity"}
STYLE = static_url("milepost.css")
TEXTS = ("/labs/adding", "/paths/tiny", "/api/v1/paths/tiny", "/api/openapi.json", STYLE)
UNPACK: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.decompress,
    "zstd": zstandard.ZstdDecompressor().decompress,
}


@pytest.fixture
async def learner(client, make):
    await make.lab()
    return client.log_in(await make.learner())


async def read_raw(visitor, address, **headers):
    """Return a response and its body as it was sent."""
    async with visitor.stream("GET", address, headers=headers) as response:
        return response, b"".join([part async for part in response.aiter_raw()])


async def test_pages_json_and_static_files_are_compressed_to_the_same_content(learner):
    for address in TEXTS:
        plain, content = await read_raw(learner, address, **PLAIN)
        assert "content-encoding" not in plain.headers
        for coding, unpack in UNPACK.items():
            packed, body = await read_raw(learner, address, **{"accept-encoding": coding})

            assert packed.headers["content-encoding"] == coding
            assert int(packed.headers["content-length"]) == len(body) < len(content) / 2
            assert drop_nonces(unpack(body)) == drop_nonces(content)
            assert plain.headers["vary"] == packed.headers["vary"] == "Accept-Encoding", address


def drop_nonces(page):
    """Cut out what is new in every answer."""
    return re.sub(rb'nonce("?: |=)"[\w-]+"', b"", page)


async def test_head_of_what_is_compressed_has_the_headers_of_get(learner):
    for address in TEXTS:
        read = await learner.get(address, headers={"accept-encoding": "gzip"})
        looked = await learner.head(address, headers={"accept-encoding": "gzip"})

        for name in ("content-encoding", "vary", "etag"):
            assert looked.headers.get(name) == read.headers.get(name), (address, name)


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("", ""),
        ("gzip", "gzip"),
        ("x-gzip", "gzip"),
        ("GZIP", "gzip"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip;q=1.0, zstd;q=0.5", "gzip"),
        ("gzip;q=0", ""),
        ("gzip; q=0.000, zstd;q=0", ""),
        ("*", "zstd"),
        ("*;q=0", ""),
        ("zstd;q=0, *", "gzip"),
        ("identity, gzip;q=0.5", ""),
        ("identity;q=0.5, gzip", "gzip"),
        ("br, deflate", ""),
        ("gzip;q=high", ""),
        (",,;;,gzip", "gzip"),
    ],
)
def test_a_coding_is_chosen_as_rfc_9110_weighs_it(accepted, coding):
    assert choose_coding(accepted) == coding


async def test_a_page_of_an_error_is_compressed_too(learner):
    response, body = await read_raw(learner, "/labs/none", **{"accept-encoding": "gzip"})

    assert response.status_code == 404
    assert b"There is nothing here" in gzip.decompress(body)


async def test_what_is_short_is_sent_as_it_is(client):
    response, body = await read_raw(client, "/health", **{"accept-encoding": "gzip"})

    assert len(body) < LEAST_BYTES
    assert "content-encoding" not in response.headers
    assert "vary" not in response.headers


async def test_what_is_compressed_already_is_not_compressed_again(learner):
    response, body = await read_raw(
        learner, "/api/v1/labs/adding/package", **{"accept-encoding": "gzip"}
    )

    assert "content-encoding" not in response.headers
    assert body.startswith(b"PK")


async def test_what_a_strong_tag_names_is_sent_as_it_is(learner):
    files = {"adding.py": "# a draft\n" * LEAST_BYTES}
    address = "/api/v1/labs/adding/drafts/python"
    await learner.put(address, json={"files": files}, headers={"if-none-match": "*"})

    response, _ = await read_raw(learner, address, **{"accept-encoding": "gzip"})

    assert response.status_code == 200
    assert response.headers["etag"].startswith('"')
    assert "content-encoding" not in response.headers


async def test_answers_that_hold_a_secret_are_never_compressed(client, make, database):
    learner = await make.learner()
    async with database.transaction() as session:
        link = await signing_in.create_sign_in_link(session, learner.actor)

    response, body = await read_raw(client, f"/sign-in/{link}", **{"accept-encoding": "gzip"})

    assert link.encode() in body
    assert len(body) >= LEAST_BYTES
    assert response.headers["cache-control"] == "no-store"
    assert "content-encoding" not in response.headers


async def test_events_arrive_one_by_one_where_compression_is_asked_for(live_server, make):
    lab, owner = await make.lab(), await make.learner()
    submission = await make.submission(lab=lab, learner=owner)
    headers = {"accept-encoding": "gzip, zstd", "authorization": f"Bearer {owner.token}"}
    address = f"/api/v1/gradings/{submission.grading_id}/events"

    async with (
        httpx.AsyncClient(base_url=live_server, headers=headers, timeout=5) as visitor,
        visitor.stream("GET", address) as stream,
    ):
        first = await anext(stream.aiter_raw())

    assert b"event: queued" in first
    assert "content-encoding" not in stream.headers
    assert "content-length" not in stream.headers
