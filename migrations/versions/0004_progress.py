"""Progress: proven objectives, and courses under way.

Nothing is older, so there is nothing to stay compatible with, and no way back but a backup.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_course_progress()
    create_objective_proofs()


def create_course_progress() -> None:
    op.create_table(
        "course_progress",
        sa.Column("learner_id", sa.Uuid(), nullable=False),
        sa.Column("skill_id", sa.Uuid(), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "finished_at IS NULL OR started_at IS NOT NULL",
            name=op.f("ck_course_progress_finished_was_started"),
        ),
        sa.CheckConstraint(
            "started_at IS NULL OR planned_at IS NOT NULL",
            name=op.f("ck_course_progress_started_was_planned"),
        ),
        sa.ForeignKeyConstraint(
            ["learner_id"],
            ["users.id"],
            name=op.f("fk_course_progress_learner_id_users"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["skill_id"],
            ["skills.id"],
            name=op.f("fk_course_progress_skill_id_skills"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("learner_id", "skill_id", name=op.f("pk_course_progress")),
    )
    op.create_index(
        op.f("ix_course_progress_skill_id"), "course_progress", ["skill_id"], unique=False
    )


def create_objective_proofs() -> None:
    op.create_table(
        "objective_proofs",
        sa.Column("learner_id", sa.Uuid(), nullable=False),
        sa.Column("objective_id", sa.Uuid(), nullable=False),
        sa.Column("grading_id", sa.Uuid(), nullable=False),
        sa.Column("proven_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["grading_id"],
            ["gradings.id"],
            name=op.f("fk_objective_proofs_grading_id_gradings"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["learner_id"],
            ["users.id"],
            name=op.f("fk_objective_proofs_learner_id_users"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["objective_id"],
            ["objectives.id"],
            name=op.f("fk_objective_proofs_objective_id_objectives"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("learner_id", "objective_id", name=op.f("pk_objective_proofs")),
    )
    op.create_index(
        op.f("ix_objective_proofs_grading_id"), "objective_proofs", ["grading_id"], unique=False
    )
    op.create_index(
        op.f("ix_objective_proofs_objective_id"), "objective_proofs", ["objective_id"], unique=False
    )
