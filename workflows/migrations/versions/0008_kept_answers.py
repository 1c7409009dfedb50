"""Answers that outlive a session, and drafts that count how often they were saved."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "kept_answers",
        sa.Column("person_id", sa.Integer(), sa.ForeignKey("person.id"), primary_key=True),
        sa.Column("path", sa.String(), primary_key=True),
        sa.Column("session_hash", sa.String(), nullable=False),
        sa.Column("answers", JSONB(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_kept_answers_session_hash", "kept_answers", ["session_hash"])
    op.add_column("task_draft", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
