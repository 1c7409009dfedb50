"""Messages in hand, undeliverable and unknown; bounces, and how far their mailbox was read."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("outbox_message", sa.Column("queued_by_id", sa.Integer(), sa.ForeignKey("person.id")))
    op.add_column(
        "outbox_message", sa.Column("resent", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.drop_index("ix_outbox_unsent", "outbox_message")
    unsent = sa.text("state IN ('failed', 'undeliverable', 'unknown', 'handing', 'withheld')")
    op.create_index("ix_outbox_unsent", "outbox_message", ["state", "id"], postgresql_where=unsent)
    _bounces()


def _bounces() -> None:
    op.create_table(
        "bounce",
        sa.Column("sha256", sa.String(), primary_key=True),
        sa.Column("outbox_message_id", sa.Integer(), sa.ForeignKey("outbox_message.id"), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("status", sa.String(), nullable=False),
    )
    op.create_index("ix_bounce_at", "bounce", ["at"])
    op.create_table(
        "bounce_mailbox",
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("read_up_to", sa.BigInteger(), nullable=False),
        sa.Column("left_alone", sa.Integer(), nullable=False),
        sa.Column("read_at", MOMENT, nullable=False),
    )
