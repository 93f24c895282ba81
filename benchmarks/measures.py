"""What is measured, each by the way a learner would take: HTTP in, verdict out.

A measure returns samples in seconds, or a rate; what they mean beside a floor is decided by
whoever asked.
"""

import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
from httpx_sse import connect_sse

from benchmarks.site import Site

_SOLUTION = {"double.py": "def double(number):\n    return number * 2\n"}


def submit_and_wait(client: httpx.Client) -> float:
    """Return the seconds from sending a submission to hearing its verdict."""
    started = time.perf_counter()
    grading = submit(client)["grading"]["id"]
    with connect_sse(client, "GET", f"/api/v1/gradings/{grading}/events") as source:
        for event in source.iter_sse():
            if event.event == "verdict":
                _require_passed(event.json())
                return time.perf_counter() - started
    raise RuntimeError("The stream ended without a verdict.")


def submit(client: httpx.Client) -> dict[str, dict[str, str]]:
    """Send the ten-calls lab's solution, and return the answer."""
    answer = client.post(
        "/api/v1/submissions",
        json={"lab": "ten-calls", "stack": "python", "files": _SOLUTION},
        headers={"Idempotency-Key": str(uuid.uuid4())},
    )
    answer.raise_for_status()
    accepted: dict[str, dict[str, str]] = answer.json()
    return accepted


def sustained_rate(site: Site, *, verdicts: int, in_flight: int) -> float:
    """Return verdicts a second with `in_flight` submissions always under way."""
    clients = [
        httpx.Client(base_url=site.url, cookies=site.client.cookies, timeout=60)
        for _ in range(in_flight)
    ]
    shares = [verdicts // in_flight] * in_flight

    def work(client: httpx.Client, share: int) -> None:
        for _ in range(share):
            submit_and_wait(client)

    started = time.perf_counter()
    try:
        with ThreadPoolExecutor(in_flight) as pool:
            list(pool.map(work, clients, shares))
    finally:
        for client in clients:
            client.close()
    return sum(shares) / (time.perf_counter() - started)


def submission_latencies(client: httpx.Client, *, rate: float, count: int) -> Iterator[float]:
    """Yield the seconds that each POST takes, sent at `rate` a second whether answered or not.

    Open loop by schedule: a slow answer delays no later one's start beyond the single client.
    """
    first = time.perf_counter()
    for number in range(count):
        due = first + number / rate
        time.sleep(max(0.0, due - time.perf_counter()))
        submit(client)
        yield time.perf_counter() - due


def read_latencies(client: httpx.Client, url: str, *, count: int) -> list[float]:
    """Return the seconds that each of `count` reads of a URL takes, one after another."""
    samples = []
    for _ in range(count):
        started = time.perf_counter()
        client.get(url).raise_for_status()
        samples.append(time.perf_counter() - started)
    return samples


def _require_passed(verdict: dict[str, str]) -> None:
    if verdict["verdict"] != "passed":
        raise RuntimeError(f"The bench's own solution was judged {verdict['verdict']}.")
