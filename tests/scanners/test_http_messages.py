"""Every kind of answer is right HTTP, by httplint, whose checks are those of REDbot."""

import time

from httplint import HttpResponseLinter
from httplint.note import levels

from scanners.site import static_addresses

# What the linter warns of and is meant as it is, with the reason.
EXCEPTIONS = {
    "This response cannot be served from cache without validation, and doesn't have a validator.": (
        "what is a learner's own is made anew for each request, so a tag would spare little"
    ),
    "A new resource was created without its location being sent.": (
        "an authorization has no address: the terminal knows it by its secret (RFC 8628 §3.2)"
    ),
    '"Accept" isn\'t valid in a response.': "it is in a 415, since RFC 9110 §12.5.1",
    '"Accept-Encoding" isn\'t valid in a response.': "it is in a 415: RFC 9110 §15.5.16",
}
PATH = "/api/v1/paths/backend-developer"
LAB = "/api/v1/labs/traffic-report"
JSON = (
    "/api/v1/paths",
    PATH,
    "/api/v1/labs",
    LAB,
    f"{LAB}/package",
    "/api/v1/courses",
    "/api/v1/submissions",
    "/api/v1/progress",
    "/api/v1/me",
    "/api/v1/health/ready",
    "/api/openapi.json",
    "/health",
)
GZIP = {"headers": {"accept-encoding": "gzip"}}
REFUSED = [
    ("POST", "/api/v1/submissions", {"json": {}}),
    ("POST", "/api/v1/submissions", {"content": b"{", "headers": {"content-type": "text/plain"}}),
    ("POST", "/api/v1/submissions", {"content": b"{", "headers": {"content-encoding": "br"}}),
    ("POST", "/api/v1/tokens", {"json": {"device_code": "guess"}}),
    ("POST", "/account", {}),
    ("POST", "/track", {"headers": {"sec-fetch-site": "cross-site"}}),
    ("DELETE", "/api/v1/tokens/current", {}),
    ("PATCH", "/api/v1/me", {}),
    ("GET", "/api/v1/me", {"headers": {"cookie": "milepost=nobodys"}}),
    ("GET", "/account", {"headers": {"cookie": "milepost=nobodys"}}),
    ("GET", "/api/v1/submissions?cursor=none", {}),
    ("GET", "/none", {}),
    ("GET", "/labs/", {}),
]
DONE = [
    ("POST", "/api/v1/device-authorizations", {"json": {}}),
    ("POST", "/paths/backend-developer/skills/language/course", {"data": {"state": "started"}}),
    ("PUT", "/api/v1/courses/backend-developer/language/state", {"json": {"state": "none"}}),
]


async def test_every_kind_of_answer_is_right_http(site):
    faults, met = [], set()
    async with site.visit() as browser:
        for method, address, options in requests_of(site):
            notes = await lint(browser, method, address, **options)
            met |= set(notes)
            faults += [f"{method} {address}: {each}" for each in notes if each not in EXCEPTIONS]

    assert faults == []
    assert met == EXCEPTIONS.keys(), "an exception is not needed any more"


def requests_of(site):
    """Yield pages, JSON, files, streams, redirects, refusals, and what is unchanged."""
    pages = [addresses[0] for addresses in site.pages.values()]
    for address in (*pages, *static_addresses(), *JSON):
        yield "GET", address, GZIP
    for address in (pages[0], static_addresses()[0], PATH, "/health"):
        yield "HEAD", address, {}
        yield "GET", address, {"headers": {"accept-encoding": "identity"}}
        yield "GET", address, {"headers": {"accept-encoding": "zstd"}}
    for address in (PATH, static_addresses()[0]):
        yield "GET", address, {"headers": {"if-none-match": "*"}}
    yield "GET", f"/api/v1/gradings/{site.grading}/events", {}
    yield "GET", "/", {}
    yield from DONE
    yield from REFUSED


async def lint(browser, method, address, **options):
    """Return what the linter warns of in the answer to one request."""
    async with browser.stream(method, address, **options) as response:
        body = b"".join([part async for part in response.aiter_raw()])
    linter = HttpResponseLinter(start_time=time.time(), no_content=method == "HEAD")
    linter.base_uri = str(response.url)
    phrase = response.reason_phrase.encode()
    linter.process_response_topline(b"HTTP/1.1", str(response.status_code).encode(), phrase)
    linter.process_headers(response.headers.raw)
    linter.feed_content(body)
    linter.finish_content(complete=True)
    return [str(note) for note in linter.notes if note.level in {levels.WARN, levels.BAD}]
