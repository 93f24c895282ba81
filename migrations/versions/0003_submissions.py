"""Submissions: files handed in, gradings, results of checks.

Nothing is older, so there is nothing to stay compatible with, and no way back but a backup.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_submissions()
    create_gradings()
    create_submission_files()
    create_check_results()


def create_submissions() -> None:
    op.create_table(
        "submissions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("learner_id", sa.Uuid(), nullable=False),
        sa.Column("lab_version_id", sa.Uuid(), nullable=False),
        sa.Column("stack", sa.String(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "submission",
                "try",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("idempotency_key", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["lab_version_id"],
            ["lab_versions.id"],
            name=op.f("fk_submissions_lab_version_id_lab_versions"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["learner_id"],
            ["users.id"],
            name=op.f("fk_submissions_learner_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submissions")),
        sa.UniqueConstraint(
            "learner_id", "idempotency_key", name=op.f("uq_submissions_learner_id_idempotency_key")
        ),
    )
    op.create_index(
        op.f("ix_submissions_lab_version_id"), "submissions", ["lab_version_id"], unique=False
    )
    op.create_index(
        "ix_submissions_learner_id_id", "submissions", ["learner_id", "id"], unique=False
    )


def create_gradings() -> None:
    op.create_table(
        "gradings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("graded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "verdict",
            sa.Enum(
                "passed",
                "failed",
                "timed_out",
                "crashed",
                "lab_broken",
                "engine_failed",
                name="verdict",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=True,
        ),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("limit_hit", sa.String(), nullable=True),
        sa.Column("usage", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("isolation", sa.String(), nullable=True),
        sa.Column("stack_version", sa.String(), nullable=True),
        sa.Column("engine_version", sa.String(), nullable=True),
        sa.CheckConstraint(
            "(graded_at IS NULL) = (verdict IS NULL)", name=op.f("ck_gradings_verdict_iff_graded")
        ),
        sa.CheckConstraint(
            "(started_at IS NULL) = (attempt = 0)", name=op.f("ck_gradings_started_iff_attempted")
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submissions.id"],
            name=op.f("fk_gradings_submission_id_submissions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gradings")),
    )
    op.create_index(op.f("ix_gradings_submission_id"), "gradings", ["submission_id"], unique=False)


def create_submission_files() -> None:
    op.create_table(
        "submission_files",
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submissions.id"],
            name=op.f("fk_submission_files_submission_id_submissions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("submission_id", "path", name=op.f("pk_submission_files")),
    )


def create_check_results() -> None:
    op.create_table(
        "check_results",
        sa.Column("grading_id", sa.Uuid(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "passed",
                "failed",
                "timed_out",
                "crashed",
                "broken",
                "not_run",
                name="outcome",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["grading_id"],
            ["gradings.id"],
            name=op.f("fk_check_results_grading_id_gradings"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("grading_id", "attempt", "position", name=op.f("pk_check_results")),
    )
