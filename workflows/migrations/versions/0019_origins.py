"""From which version for all areas a variant comes, and the draft of one."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("process_definition", "process_draft", "publication"):
        origin = sa.Column("origin_id", sa.Integer(), sa.ForeignKey("process_definition.id"))
        op.add_column(table, origin)
