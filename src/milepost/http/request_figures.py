"""The figures of this process that Prometheus reads: requests by route, and how long they took.

Labels are methods, route templates and statuses: a bounded number, and nothing of a learner.
"""

from prometheus_client import CollectorRegistry, Counter, Histogram

_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class RequestFigures:
    """Counts requests since the process began. A process that starts again counts from zero."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "milepost_http_requests",
            "Requests that were answered, by route template.",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self._durations = Histogram(
            "milepost_http_request_duration_seconds",
            "How long requests took, without event streams.",
            ["method", "route"],
            buckets=_BUCKETS,
            registry=self.registry,
        )

    def count(self, *, method: str, route: str, status: int, seconds: float | None) -> None:
        """Count one request; `seconds` is None for a stream, which lasts as long as its page."""
        self._requests.labels(method, route, str(status)).inc()
        if seconds is not None:
            self._durations.labels(method, route).observe(seconds)
