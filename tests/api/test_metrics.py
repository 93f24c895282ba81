"""`/metrics`, request ids and the request log: figures and lines that tell nothing of a learner."""

import logging
import re

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import text

from fakes.grader import FakeGrader

LOCAL = {"host": "localhost:8642"}


def read(response):
    assert response.status_code == 200
    lines = [line for line in response.text.splitlines() if not line.startswith("#")]
    return dict(line.rsplit(" ", 1) for line in lines)


async def test_requests_are_counted_by_whole_route_and_never_by_address(client, make):
    lab = await make.lab()
    await make.learner()
    visitor = client.log_in(await make.learner())
    labels = 'method="GET",route="/api/v1/labs/{lab}",status="200"'
    before = read(await client.get("/metrics", headers=LOCAL))

    assert (await visitor.get(f"/api/v1/labs/{lab.slug}")).status_code == 200
    await client.get("/sign-in/geheim")
    await client.get("/no/such/address")
    after = await client.get("/metrics", headers=LOCAL)

    def grown(name):
        return float(read(after)[name]) - float(before.get(name, 0))

    assert grown(f"milepost_http_requests_total{{{labels}}}") == 1
    assert grown('milepost_http_requests_total{method="GET",route="unmatched",status="404"}') == 1
    seconds = 'milepost_http_request_duration_seconds_count{method="GET",route="/sign-in/{token}"}'
    assert grown(seconds) == 1
    for secret in ("geheim", lab.slug, "/no/such"):
        assert secret not in after.text


async def test_head_is_counted_and_logged_as_head(client, caplog):
    counter = 'milepost_http_requests_total{method="HEAD",route="/health",status="200"}'
    before = read(await client.get("/metrics", headers=LOCAL))

    with caplog.at_level(logging.DEBUG, logger="milepost.http.request_log"):
        await client.head("/health")
    after = read(await client.get("/metrics", headers=LOCAL))

    [served] = [record.msg for record in caplog.records if isinstance(record.msg, dict)]
    assert (served["event"], served["method"]) == ("request_served", "HEAD")
    assert float(after[counter]) - float(before.get(counter, 0)) == 1


async def test_queue_and_gradings_are_those_of_all_workers(client, make, queue):
    lab, learner = await make.lab(), await make.learner()
    await make.submission(lab=lab, learner=learner)
    waiting = read(await client.get("/metrics", headers=LOCAL))
    await queue.work(FakeGrader())
    await make.submission(lab=lab, learner=await make.learner())
    done = read(await client.get("/metrics", headers=LOCAL))

    [jobs] = [v for k, v in waiting.items() if re.match(r'milepost_queue_jobs\{.*state="todo"', k)]
    assert float(jobs) == 1
    assert not any(name.startswith("milepost_recent_gradings") for name in waiting)
    assert float(done['milepost_recent_gradings{verdict="passed"}']) == 1
    assert float(done['milepost_recent_grading_wait_seconds{quantile="0.95"}']) > 0
    assert float(done['milepost_recent_grading_duration_seconds{quantile="1"}']) > 0
    oldest = [v for k, v in done.items() if re.match(r'milepost_queue_oldest.*state="todo"', k)]
    assert [float(seconds) >= 0 for seconds in oldest] == [True]
    assert float(done["milepost_grading_slots"]) == 0


async def test_oldest_is_since_queued_while_it_waits_and_since_begun_while_it_runs(
    client, make, database
):
    lab = await make.lab()
    for _ in range(2):
        await make.submission(lab=lab, learner=await make.learner())
    async with database.transaction() as session:
        await session.execute(text("UPDATE gradings SET queued_at = now() - interval '9 hours'"))
        await session.execute(
            text("""
                WITH begun AS (
                    UPDATE gradings SET started_at = now() - interval '1 hour', attempt = 1
                    WHERE id = (SELECT id FROM gradings LIMIT 1) RETURNING id
                )
                UPDATE procrastinate_jobs SET status = 'doing' FROM begun
                WHERE args ->> 'grading_id' = begun.id::text
            """)
        )

    figures = read(await client.get("/metrics", headers=LOCAL))

    hours = {
        state: float(value) // 3600
        for name, value in figures.items()
        for state in ("todo", "doing")
        if re.match(rf'milepost_queue_oldest.*state="{state}"', name)
    }
    assert hours == {"todo": 9, "doing": 1}


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "learn.example.org"},
        LOCAL | {"x-forwarded-for": "203.0.113.7"},
        LOCAL | {"forwarded": "for=203.0.113.7"},
        LOCAL | {"x-real-ip": "203.0.113.7"},
    ],
)
async def test_what_came_through_a_proxy_reads_no_figures(client, headers):
    assert (await client.get("/metrics", headers=headers)).status_code == 404


@pytest.mark.parametrize(("peer", "status"), [("127.0.0.1", 200), ("::1", 200), ("10.0.0.7", 404)])
async def test_only_this_machine_reads_figures_without_a_token(app, peer, status):
    transport = httpx.ASGITransport(app, client=(peer, 4711))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as machine:
        assert (await machine.get("/metrics")).status_code == status


async def test_behind_a_proxy_that_passes_nothing_on_nobody_reads_figures_without_a_token(
    app, client
):
    own = app.state.settings
    public = {"public_url": "https://learn.example.org"}
    statuses = []
    try:
        for settings in (public, public | {"metrics_token": SecretStr("opensesame")}):
            app.state.settings = own.model_copy(update=settings)
            headers = LOCAL | {"authorization": "Bearer opensesame"}
            statuses.append((await client.get("/metrics", headers=headers)).status_code)
    finally:
        app.state.settings = own

    assert statuses == [404, 200]


async def test_with_a_token_anybody_who_has_it_reads_figures_and_nobody_else(app, client):
    own = app.state.settings
    app.state.settings = own.model_copy(update={"metrics_token": SecretStr("opensesame")})
    try:
        given = [
            (await client.get("/metrics", headers=headers)).status_code
            for headers in (
                {"authorization": "Bearer opensesame", "x-forwarded-for": "203.0.113.7"},
                {"authorization": "Bearer opensesam"},
                {"authorization": "Bearer ünsinn".encode()},
                LOCAL,
            )
        ]
    finally:
        app.state.settings = own

    assert given == [200, 404, 404, 404]


@pytest.mark.parametrize(
    ("given", "is_kept"),
    [
        ("proxy-request-1", True),
        ("01a22a74-626b-76ac-bbab-b2b359390f97", True),
        ("short", False),
        ("with space in it", False),
        ('quote"d-quote"d', False),
        ("a" * 65, False),
        (None, False),
    ],
)
async def test_request_id_of_a_proxy_is_kept_if_it_can_be_one(client, given, is_kept):
    headers = {} if given is None else {"x-request-id": given}

    first = await client.get("/health", headers=headers)
    second = await client.get("/health", headers=headers)

    ids = {response.headers["x-request-id"] for response in (first, second)}
    assert (ids == {given}) is is_kept
    assert all(re.fullmatch(r"[A-Za-z0-9._-]{8,64}", each) for each in ids)


async def test_failure_of_ours_is_logged_once_under_the_id_that_its_page_names(
    app, monkeypatch, caplog
):
    def fall_over(*_arguments, **_more):
        raise ZeroDivisionError("nobody foresaw this")

    monkeypatch.setattr(app.state.database.reader, "find_row", fall_over)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    with caplog.at_level(logging.INFO, logger="milepost.http.request_log"):
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as browser:
            response = await browser.get("/health", headers={"x-request-id": "proxy-request-2"})

    assert response.status_code == 500
    assert response.json()["request_id"] == "proxy-request-2"
    assert "proxy-request-2" in response.json()["detail"]
    assert response.headers["x-content-type-options"] == "nosniff"
    [failed, served] = [record.msg for record in caplog.records if isinstance(record.msg, dict)]
    assert (failed["event"], failed["request_id"]) == ("request_failed", "proxy-request-2")
    assert (served["status"], served["route"]) == (500, "/health")
