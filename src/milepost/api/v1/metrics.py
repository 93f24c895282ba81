"""`/metrics` for Prometheus: this process's requests, and the queue and gradings of all workers.

It is not part of the API. Without a token only programs on this machine may read it, and nobody
where a public URL is set, since all requests come through a proxy there. Invariant: who may not
read it is told that there is nothing, and nobody reads more there than counts and durations.
"""

import ipaddress
import secrets
from urllib.parse import urlsplit

from fastapi import APIRouter
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from starlette.requests import Request
from starlette.responses import Response

from milepost.http.dependencies import DatabaseDep, SettingsDep, read_bearer_token
from milepost.http.errors import AddressNotFound
from milepost.submissions.queries.figures import GradingFigures, read_figures

router = APIRouter()

_QUANTILES = ("0.5", "0.95", "1")
_FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")


@router.get("/metrics", include_in_schema=False)
async def show_metrics(request: Request, settings: SettingsDep, database: DatabaseDep) -> Response:
    """Return the figures in Prometheus's text format."""
    token = settings.metrics_token
    may_read = (
        settings.public_url is None and _is_from_this_machine(request)
        if token is None
        else secrets.compare_digest(
            (read_bearer_token(request) or "").encode(), token.get_secret_value().encode()
        )
    )
    if not may_read:
        raise AddressNotFound
    async with database.transaction() as session:
        figures = await read_figures(session)
    own = generate_latest(request.app.state.request_figures.registry)
    return Response(
        own + generate_latest(_gauges_of(figures)),
        headers={"content-type": CONTENT_TYPE_LATEST},
    )


def _is_from_this_machine(request: Request) -> bool:
    """Whether a program on this machine asks, as far as a request shows it.

    A proxy on this machine that passes on neither the host nor the client's address can't be told
    from such a program; that is why this counts only where no public URL tells of a proxy.
    """
    peer = request.client.host if request.client else ""
    named = urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
    return (
        _is_loopback(peer)
        and (named == "localhost" or _is_loopback(named))
        and not any(header in request.headers for header in _FORWARDED)
    )


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _gauges_of(figures: GradingFigures) -> CollectorRegistry:
    registry = CollectorRegistry()

    def gauge(name: str, about: str, labels: tuple[str, ...] = ()) -> Gauge:
        return Gauge(f"milepost_{name}", about, labels, registry=registry)

    jobs = gauge("queue_jobs", "Jobs that wait (todo) or are done now (doing).", ("queue", "state"))
    oldest = gauge(
        "queue_oldest_seconds",
        "For how long the oldest grading has waited (todo) or been graded (doing).",
        ("queue", "state"),
    )
    for each in figures.queues:
        jobs.labels(each.queue, each.state).set(each.jobs)
        oldest.labels(each.queue, each.state).set(each.oldest_seconds)
    gauge("grading_slots", "Gradings that living workers can do at once.").set(figures.slots)
    ended = gauge("recent_gradings", "Gradings that ended in the last 5 minutes.", ("verdict",))
    for verdict, count in figures.verdicts.items():
        ended.labels(verdict).set(count)
    for name, values, about in (
        ("recent_grading_wait_seconds", figures.waits, "From being queued to the first run"),
        ("recent_grading_duration_seconds", figures.durations, "From the first run to the verdict"),
    ):
        spread = gauge(
            name, f"{about}, of gradings that ended in the last 5 minutes.", ("quantile",)
        )
        for quantile, value in zip(_QUANTILES, values, strict=False):
            spread.labels(quantile).set(value)
    return registry
