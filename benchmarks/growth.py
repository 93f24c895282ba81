"""The rows of growth: what one learner reads, while a million others have handed in twenty million.

Each row is a read after filling beside the same read before. Filling writes tables directly, with
their indexes and foreign keys away meanwhile; evidence and files of the others are not written,
since nobody reads another's. It takes some five minutes and 15 GB, so it is asked for:
`make bench ARGS=--growth`.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql

from benchmarks import measures
from benchmarks.rows import Row, percentile
from benchmarks.site import Site

LEARNERS, SUBMISSIONS = 1_000_000, 20_000_000
REPETITIONS = 200
_MARK = 1.5
_FILLED = ("users", "submissions", "gradings", "objective_proofs")
# Ids in the order of time, as the platform's own (UUID version 7, RFC 9562 §5.7).
_USER, _SUBMISSION, _GRADING = (f"'01900000-0000-7000-8000-{each}'" for each in "abc")
_STEPS = (
    """
    INSERT INTO users (id, name, created_at)
    SELECT {user}, 'Learner ' || n, now() - interval '1 year'
    FROM generate_series(1, %(learners)s) AS n
    """,
    """
    INSERT INTO submissions (id, learner_id, lab_version_id, stack, kind, idempotency_key,
                             created_at)
    SELECT {submission}, {user_of_n}, (SELECT id FROM lab_versions LIMIT 1), 'python', 'submission',
           'key-' || n, now() - interval '1 year' + n * interval '1 second'
    FROM generate_series(1, %(submissions)s) AS n
    """,
    """
    INSERT INTO gradings (id, submission_id, seed, attempt, faults, queued_at, started_at,
                          graded_at, verdict, message, usage, isolation, stack_version,
                          engine_version)
    SELECT {grading}, {submission}, n %% 1000000, 1, 0, at, at, at + interval '1 second',
           CASE n %% 4 WHEN 0 THEN 'passed' ELSE 'failed' END, '', '{{"wall_seconds": 1.0}}',
           'isolated, cgroup limits', 'Python 3.11.7', '0.1.0'
    FROM generate_series(1, %(submissions)s) AS n,
         LATERAL (SELECT now() - interval '1 year' + n * interval '1 second' AS at) AS moment
    """,
    """
    INSERT INTO objective_proofs (learner_id, objective_id, grading_id, proven_at)
    SELECT {user}, objective.id, {grading}, now() - interval '1 month'
    FROM generate_series(1, %(learners)s) AS n,
         LATERAL (SELECT id FROM objectives ORDER BY id LIMIT 10) AS objective
    """,
)


def growth_rows(site: Site) -> list[Row]:
    """Read, fill, and read again."""
    submission = measures.submit(site.client)["id"]
    reads = {
        "the path with progress": "/api/v1/paths/backend-developer",
        "the labs": "/labs",
        "own submissions": "/submissions",
        "one submission": f"/submissions/{submission}",
    }
    measures.submit_and_wait(site.client)  # the one before it is graded by then
    before = {name: _read(site, url) for name, url in reads.items()}
    fill(site.dsn, learners=LEARNERS, submissions=SUBMISSIONS)
    after = {name: _read(site, url) for name, url in reads.items()}
    return [
        Row(
            f"reading {name}, a million learners and 20 million submissions stored",
            percentile(after[name], 50),
            "s",
            "the same, nearly empty",
            percentile(before[name], 50),
            _MARK,
            p50=percentile(after[name], 50),
            p95=percentile(after[name], 95),
            samples=REPETITIONS,
        )
        for name in reads
    ]


def fill(dsn: str, *, learners: int, submissions: int) -> None:
    """Store so many learners and submissions, each submission graded, each learner with proofs."""
    numbers = {"learners": learners, "submissions": submissions}
    names = {
        "user": _id_of(_USER, "n"),
        "user_of_n": _id_of(_USER, f"1 + n %% {learners}"),
        "submission": _id_of(_SUBMISSION, "n"),
        "grading": _id_of(_GRADING, "n"),
    }
    with psycopg.connect(dsn, autocommit=True) as connection:
        with _without_indexes(connection):
            for step in _STEPS:
                connection.execute(step.format(**names).encode(), numbers)
        connection.execute("VACUUM ANALYZE")


def _id_of(prefix: str, number: str) -> str:
    # Twelve digits are the last group; the first of them tells users, submissions, gradings apart.
    return f"CAST({prefix} || lpad(to_hex({number}), 11, '0') AS uuid)"


@contextmanager
def _without_indexes(connection: psycopg.Connection) -> Iterator[None]:
    """Take keys, indexes and references of the filled tables away, and make them anew after."""
    constraints = connection.execute(
        """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), contype = 'f'
        FROM pg_constraint
        WHERE contype IN ('p', 'u', 'f')
          AND (conrelid = ANY(%(tables)s::regclass[]) OR confrelid = ANY(%(tables)s::regclass[]))
        ORDER BY contype = 'f' DESC, conname
        """,
        {"tables": list(_FILLED)},
    ).fetchall()
    for table, name, _, _ in constraints:
        _alter(connection, table, f"DROP CONSTRAINT {name}")
    indexes = connection.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY(%s)", [list(_FILLED)]
    ).fetchall()
    for name, _ in indexes:
        connection.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
    yield
    connection.execute("SET maintenance_work_mem = '1GB'")
    for _, definition in indexes:
        connection.execute(definition)
    for table, name, definition, refers in reversed(constraints):
        # What was filled in is right by construction; proving it would read everything again.
        _alter(connection, table, f"ADD CONSTRAINT {name} {definition}{' NOT VALID' * refers}")


def _alter(connection: psycopg.Connection, table: str, what: str) -> None:
    connection.execute(f"ALTER TABLE {table} {what}".encode())  # names of our own schema


def _read(site: Site, url: str) -> list[float]:
    measures.read_latencies(site.client, url, count=20)  # so that every connection has seen it
    return measures.read_latencies(site.client, url, count=REPETITIONS)
