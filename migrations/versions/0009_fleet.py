"""The fleet: workers that say what they can grade, jobs that say what they need, publications.

Additions only. Jobs that wait are told what they need; a worker of the version before does not look
at that, so it must not run on beside this one.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_TELL_JOBS_WHAT_THEY_NEED = """
    WITH wanted AS (
        SELECT grading.id AS grading_id, submission.stack,
            COALESCE(version.manifest -> 'services', '[]') AS services,
            COALESCE(version.manifest #> ARRAY['entries', submission.stack, 'service'], '[]')
                AS command
        FROM gradings AS grading
        JOIN submissions AS submission ON submission.id = grading.submission_id
        JOIN lab_versions AS version ON version.id = submission.lab_version_id
        WHERE grading.verdict IS NULL
    ), needed AS (
        SELECT grading_id,
            jsonb_build_array('stack:' || stack)
            || CASE WHEN services = '[]' AND command = '[]' THEN '[]'::jsonb ELSE '["isolated"]' END
            || COALESCE(
                (
                    SELECT jsonb_agg('service:' || name ORDER BY name)
                    FROM jsonb_array_elements_text(services) AS name
                ),
                '[]'
            ) AS needs
        FROM wanted
    )
    UPDATE procrastinate_jobs AS job
    SET args = job.args || jsonb_build_object('needs', needed.needs)
    FROM needed
    WHERE job.task_name = 'grade_submission' AND job.status IN ('todo', 'doing')
      AND job.args ->> 'grading_id' = needed.grading_id::text
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "workers",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("process_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("schema_revision", sa.String(), nullable=False),
        sa.Column("isolation", sa.String(), nullable=True),
        sa.Column("stacks", JSONB(), nullable=False),
        sa.Column("abilities", JSONB(), nullable=False),
        sa.Column("problem", sa.String(), nullable=True),
        sa.Column("slots", sa.Integer(), nullable=False),
        sa.Column("lease_seconds", sa.Float(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("draining_since", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workers")),
    )
    op.create_table(
        "publications",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("publisher", sa.String(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publications")),
    )
    op.add_column(
        "gradings", sa.Column("handed_back", sa.Integer(), nullable=False, server_default="0")
    )
    op.add_column("gradings", sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(_TELL_JOBS_WHAT_THEY_NEED)
