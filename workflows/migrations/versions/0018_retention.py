"""Holds on records, and when a case was anonymised."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("case", sa.Column("anonymised_at", sa.DateTime(timezone=True)))
    op.create_table(
        "records_hold",
        sa.Column("case_id", sa.Integer(), sa.ForeignKey("case.id"), primary_key=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("placed_by_id", sa.Integer(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
    )
    # The cases that the job looks for are few among all that are closed.
    kept = "anonymised_at IS NULL AND closed_at IS NOT NULL"
    op.create_index("ix_case_kept", "case", ["area_code", "closed_at"], postgresql_where=kept)
