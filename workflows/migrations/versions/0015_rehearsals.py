"""Walking through a draft."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "process_rehearsal",
        sa.Column(
            "draft_id", sa.Integer(), sa.ForeignKey("process_draft.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("person_id", sa.Integer(), sa.ForeignKey("person.id"), primary_key=True),
        sa.Column("process", sa.String(), nullable=False),
        sa.Column("moves", JSONB(), nullable=False),
        sa.Column("may_open", sa.Boolean(), nullable=False),
        sa.Column("duplicate", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
    )
