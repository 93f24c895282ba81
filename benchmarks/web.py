"""The rows of the web: starting, reading the path with progress, and handing in."""

from benchmarks import floors, measures
from benchmarks.load import requests_a_second
from benchmarks.rows import Row, percentile
from benchmarks.site import Site

REPETITIONS = 100
PATH_URL = "api/v1/paths/backend-developer"


def start_rows(site: Site) -> list[Row]:
    """How long until the first page, at first and again."""
    return [
        Row("first `make up` to first page", site.first_start_seconds, "s", None, None, 30),
        Row("second `make up` to first page", site.second_start_seconds, "s", None, None, 4),
    ]


def web_rows(site: Site) -> list[Row]:
    """Reading the path with progress, and handing in."""
    with floors.hello_server() as hello:
        floor = requests_a_second(hello, seconds=5, connections=8)
    rate = requests_a_second(
        f"{site.url.rstrip('/')}/{PATH_URL}", seconds=5, connections=8, cookie=site.cookie
    )
    reads = measures.read_latencies(site.client, f"/{PATH_URL}", count=REPETITIONS)
    posts = measures.submission_latencies(site, rate=50, count=REPETITIONS)
    return [
        Row(
            "reading the path with progress",
            rate,
            "/s",
            "F_http",
            floor,
            0.35,
            lower_is_better=False,
            p50=percentile(reads, 50),
            p95=percentile(reads, 95),
            samples=REPETITIONS,
        ),
        Row(
            "POST submission, p95 at 50 a second",
            percentile(posts, 95),
            "s",
            None,
            None,
            0.060,
            p50=percentile(posts, 50),
            p95=percentile(posts, 95),
            samples=REPETITIONS,
            note="the worker grades the same submissions meanwhile",
        ),
    ]
