"""Signed heads of the history."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "history_head",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("newest_id", sa.Integer(), nullable=False),
        sa.Column("ends", JSONB(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("signature", sa.String(), nullable=False),
    )
    op.execute(
        "CREATE TRIGGER heads_are_append_only BEFORE UPDATE OR DELETE ON history_head "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER heads_are_not_emptied BEFORE TRUNCATE ON history_head "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
