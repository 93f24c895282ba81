"""What is measured, each by the way a learner would take: HTTP in, verdict out.

A measure returns samples in seconds, or a rate; what they mean beside a floor is decided by
whoever asked.
"""

import queue
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import httpx
from httpx_sse import connect_sse

from benchmarks.site import Site

_READY = 32  # clients that hand in at the same time, if they have to
_LABS = Path(__file__).parent / "content" / "bench"


@dataclass(frozen=True, slots=True)
class Lab:
    """One of the bench's own labs, with a solution that passes."""

    slug: str
    stack: str

    @property
    def files(self) -> dict[str, str]:
        """The solution's files."""
        (folder,) = _LABS.glob(f"*/labs/{self.slug}/solutions/{self.stack}")
        return {file.name: file.read_text(encoding="utf-8") for file in folder.iterdir()}


CALLS = Lab("ten-calls", "python")
CALLS_GO = Lab("ten-calls", "go")
REQUESTS = Lab("ten-requests", "fastapi")
REQUESTS_NODE = Lab("ten-requests", "express")
REQUESTS_GO = Lab("ten-requests", "go")
QUERIES = Lab("ten-queries", "sql")
ROWS = Lab("ten-rows", "fastapi")


def submit_and_wait(client: httpx.Client, lab: Lab = CALLS) -> float:
    """Return the seconds from sending a submission to hearing its verdict."""
    started = time.perf_counter()
    _follow(client, submit(client, lab)["grading"]["id"])
    return time.perf_counter() - started


def burst(client: httpx.Client, lab: Lab, *, count: int) -> list[float]:
    """Hand in `count` at once; return the seconds that each took from its start to its verdict.

    Waiting in the queue isn't counted: what is left is what a run costs when no sandbox waits.
    """
    gradings = [submit(client, lab)["grading"]["id"] for _ in range(count)]
    return [_follow(client, grading) for grading in gradings]


def _follow(client: httpx.Client, grading: str) -> float:
    """Wait for a verdict; return the stored seconds from the run's start to it."""
    with connect_sse(client, "GET", f"/api/v1/gradings/{grading}/events") as source:
        for event in source.iter_sse():
            if event.event == "verdict":
                verdict = event.json()
                _require_passed(verdict)
                began, ended = (
                    datetime.fromisoformat(verdict[name]) for name in ("started_at", "graded_at")
                )
                return (ended - began).total_seconds()
    raise RuntimeError("The stream ended without a verdict.")


def submit(client: httpx.Client, lab: Lab = CALLS) -> dict[str, dict[str, str]]:
    """Send a lab's solution, and return the answer."""
    answer = client.post(
        "/api/v1/submissions",
        json={"lab": lab.slug, "stack": lab.stack, "files": lab.files},
        headers={"Idempotency-Key": str(uuid.uuid4())},
    )
    answer.raise_for_status()
    accepted: dict[str, dict[str, str]] = answer.json()
    return accepted


def sustained_rate(site: Site, *, verdicts: int, in_flight: int) -> tuple[float, float]:
    """Return verdicts a second with `in_flight` submissions always under way, and how busy all
    cores were meanwhile, from 0 to 1.
    """
    clients = [_connect(site) for _ in range(in_flight)]
    shares = [verdicts // in_flight] * in_flight

    def work(client: httpx.Client, share: int) -> None:
        for _ in range(share):
            submit_and_wait(client)

    started, (busy, total) = time.perf_counter(), _read_processor_time()
    try:
        with ThreadPoolExecutor(in_flight) as pool:
            list(pool.map(work, clients, shares))
    finally:
        for client in clients:
            client.close()
    seconds, (busy_now, total_now) = time.perf_counter() - started, _read_processor_time()
    return sum(shares) / seconds, (busy_now - busy) / (total_now - total)


def submission_latencies(site: Site, *, rate: float, count: int) -> list[float]:
    """Return the seconds that each POST takes, sent at `rate` a second whether answered or not.

    An open loop: each is sent when it is due, by a client that waits for none of the others, and
    timed from then on. 32 clients stand ready; if all are under way, the wait for one counts.
    """
    clients: queue.SimpleQueue[httpx.Client] = queue.SimpleQueue()
    for _ in range(_READY):
        clients.put(_connect(site))
    first = time.perf_counter()

    def post(number: int) -> float:
        due = first + number / rate
        time.sleep(max(0.0, due - time.perf_counter()))
        client = clients.get()
        try:
            submit(client)
        finally:
            clients.put(client)
        return time.perf_counter() - due

    try:
        with ThreadPoolExecutor(_READY) as pool:
            return list(pool.map(post, range(count)))
    finally:
        while not clients.empty():
            clients.get().close()


def _connect(site: Site) -> httpx.Client:
    """Make a client that has spoken with the site: its connection is open."""
    client = httpx.Client(base_url=site.url, cookies=site.client.cookies, timeout=60)
    client.get("/health").raise_for_status()
    return client


def read_latencies(client: httpx.Client, url: str, *, count: int) -> list[float]:
    """Return the seconds that each of `count` reads of a URL takes, one after another."""
    samples = []
    for _ in range(count):
        started = time.perf_counter()
        client.get(url).raise_for_status()
        samples.append(time.perf_counter() - started)
    return samples


def _read_processor_time() -> tuple[int, int]:
    """Read from proc_stat(5) the ticks that all cores were busy, and all ticks."""
    with Path("/proc/stat").open(encoding="ascii") as file:
        user, nice, system, idle, waiting, *rest = map(int, file.readline().split()[1:9])
    busy = user + nice + system + sum(rest)
    return busy, busy + idle + waiting


def _require_passed(verdict: dict[str, str]) -> None:
    if verdict["verdict"] != "passed":
        raise RuntimeError(f"The bench's own solution was judged {verdict['verdict']}.")
