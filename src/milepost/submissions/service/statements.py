"""The statements that every submission and every verdict take, each one message to PostgreSQL.

Invariant: what records a run changes nothing unless it is its grading's newest and there is no
verdict; then it returns no row.
"""

from milepost.core.announcements import CHANNEL
from milepost.core.statements import Statement

_IS_CURRENT = "id = %(grading_id)s AND attempt = %(attempt)s AND verdict IS NULL"
_GIVEN_CHECKS = """
    unnest(
        %(positions)s::int[], %(names)s::text[], %(outcomes)s::text[], %(hidden)s::boolean[],
        %(results)s::json[]
    )
"""
_ANNOUNCE = f"pg_notify('{CHANNEL}', %(topic)s)"

INSERT_ONCE = Statement("""
    WITH new AS (
        INSERT INTO submissions (
            id, learner_id, lab_version_id, stack, kind, picked_checks, idempotency_key, created_at
        ) VALUES (
            %(id)s, %(learner_id)s, %(lab_version_id)s, %(stack)s, %(kind)s,
            %(picked_checks)s::text[], %(idempotency_key)s, %(created_at)s
        )
        ON CONFLICT (learner_id, idempotency_key) DO NOTHING
        RETURNING id, created_at
    ), stored AS (
        INSERT INTO submission_files (submission_id, path, content)
        SELECT new.id, given.path, given.content
        FROM new, unnest(%(paths)s::text[], %(contents)s::bytea[]) AS given (path, content)
    ), queued AS (
        INSERT INTO gradings (
            submission_id, queued_at, id, seed, attempt, faults, handed_back, message
        )
        SELECT id, created_at, %(grading_id)s, %(seed)s, 0, 0, 0, '' FROM new
    )
    SELECT id FROM new
""")
# Of the version only what grading needs is read: its package is unpacked already on most workers.
# A version of before GradingSpec has what that holds in the manifest itself.
START = Statement("""
    WITH started AS (
        UPDATE gradings
        SET attempt = attempt + 1, started_at = %(now)s, retry_at = NULL, doubted_at = NULL
        WHERE id = %(grading_id)s AND verdict IS NULL
        RETURNING id, submission_id, attempt, seed, faults, handed_back
    ), forgotten AS (
        DELETE FROM check_results USING started WHERE grading_id = started.id
    )
    SELECT
        submission.kind, submission.picked_checks, files.paths, files.contents,
        started.id, started.attempt, started.seed, started.faults, started.handed_back,
        submission.learner_id, submission.stack,
        version.id, version.lab_id, version.content_hash,
        COALESCE(version.manifest -> 'grading', version.manifest), version.manifest -> 'objectives',
        COALESCE(version.manifest -> 'practises', '[]')
    FROM started
    JOIN submissions AS submission ON submission.id = started.submission_id
    JOIN lab_versions AS version ON version.id = submission.lab_version_id
    CROSS JOIN LATERAL (
        SELECT array_agg(path ORDER BY path) AS paths, array_agg(content ORDER BY path) AS contents
        FROM submission_files WHERE submission_id = submission.id
    ) AS files
""")
RECORD_CHECKS = Statement(f"""
    WITH current AS MATERIALIZED (SELECT id FROM gradings WHERE {_IS_CURRENT} FOR SHARE),
    stored AS (
        INSERT INTO check_results (grading_id, attempt, position, name, outcome, hidden, result)
        SELECT current.id, %(attempt)s, given.* FROM current, {_GIVEN_CHECKS} AS given
    )
    SELECT id, {_ANNOUNCE} FROM current
""")  # noqa: S608  constants
RECORD_VERDICT = Statement(f"""
    WITH recorded AS (
        UPDATE gradings
        SET verdict = %(verdict)s, message = %(message)s, limit_hit = %(limit_hit)s,
            usage = %(usage)s, isolation = %(isolation)s, stack_version = %(stack_version)s,
            engine_version = %(engine_version)s, build = %(build)s, graded_at = %(now)s
        WHERE {_IS_CURRENT}
        RETURNING id
    ), stored AS (
        INSERT INTO check_results (grading_id, attempt, position, name, outcome, hidden, result)
        SELECT recorded.id, %(attempt)s, given.* FROM recorded, {_GIVEN_CHECKS} AS given
    )
    SELECT id, {_ANNOUNCE} FROM recorded
""")  # noqa: S608  constants
