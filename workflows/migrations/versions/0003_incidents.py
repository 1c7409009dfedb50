"""Incidents: cases that could not go on, kept until somebody has looked after them."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "incident",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("case_id", sa.Integer(), sa.ForeignKey("case.id"), nullable=True),
        sa.Column("area_code", sa.String(), sa.ForeignKey("area.code"), nullable=False),
        *(
            sa.Column(name, sa.String(), nullable=False)
            for name in ("same_as", "tried", "subject", "name", "element", "element_name", "kind", "cause")
        ),
        sa.Column("person_id", sa.Integer(), sa.ForeignKey("person.id"), nullable=True),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("draft_kept", sa.Boolean(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("first_at", MOMENT, nullable=False),
        sa.Column("last_at", MOMENT, nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("returned_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("ended_by_id", sa.Integer(), sa.ForeignKey("person.id"), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
    )
    is_open = sa.text("status = 'open'")
    op.create_index("ix_incident_case_id", "incident", ["case_id"])
    op.create_index(
        "ix_incident_open", "incident", ["area_code", "same_as"], unique=True, postgresql_where=is_open
    )
    op.create_index("ix_incident_open_subject", "incident", ["subject"], postgresql_where=is_open)
