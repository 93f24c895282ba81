"""Sum up what a database was asked."""


def summarize(queries, counts):
    """Return total, longest and ids of the queries that count."""
    counted = [query for query in queries if counts(query)]
    times = [query["ms"] for query in counted]
    slowest_first = sorted(counted, key=lambda query: query["ms"], reverse=True)
    return {
        "total": sum(times),
        "longest": max(times, default=0),
        "ids": [query["id"] for query in slowest_first],
    }
