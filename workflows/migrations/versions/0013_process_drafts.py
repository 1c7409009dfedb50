"""Drafts of procedures, and versions of one area."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "process_draft",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("area_code", sa.String(), sa.ForeignKey("area.code"), nullable=False),
        sa.Column("base_id", sa.Integer(), sa.ForeignKey("process_definition.id"), nullable=False),
        sa.Column("files", JSONB(), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.Column("begun_by_id", sa.Integer(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_by_id", sa.Integer(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("key", "area_code"),
    )
