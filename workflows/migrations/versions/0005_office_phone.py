"""The telephone that clients call, for each office: it stands on the contact card."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("office", sa.Column("phone", sa.String(), nullable=True))
