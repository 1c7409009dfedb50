"""Preferences, saved views and follow-up dates; the indexes that the search of the worklist reads."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

NAME = (
    "to_tsvector('simple', regexp_replace(normalize(coalesce(facts ->> 'client_first_name', '') || ' ' || "
    "coalesce(facts ->> 'client_last_name', ''), NFKD), '[\\u0300-\\u036f''’]', '', 'g'))"
)


def upgrade() -> None:
    op.create_table(
        "preferences",
        sa.Column("person_id", sa.Integer(), sa.ForeignKey("person.id"), primary_key=True),
        sa.Column("key", sa.String(), primary_key=True),
        sa.Column("value", JSONB(), nullable=False),
    )
    op.create_table(
        "follow_up",
        sa.Column("person_id", sa.Integer(), sa.ForeignKey("person.id"), primary_key=True),
        sa.Column("task_id", sa.String(), sa.ForeignKey("user_task.id"), primary_key=True),
        sa.Column("show_on", sa.Date(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "saved_view",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("person_id", sa.Integer(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("filters", JSONB(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("person_id", "name"),
    )
    # A number is searched from its beginning or, as people say it, from its end.
    op.create_index("ix_case_number_begins", "case", [sa.text("number text_pattern_ops")])
    op.create_index("ix_case_number_ends", "case", [sa.text("reverse(number) text_pattern_ops")])
    op.create_index("ix_client_facts_name", "client_facts", [sa.text(NAME)], postgresql_using="gin")
