"""The inbox, the daily mail and who wants it, keys of repeated requests, and webhooks with their deliveries."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
DIRECTORY = ("mail_choice", "webhook")
"""Tables that every transaction may ask about: a change of theirs makes a new version of the directory."""


def upgrade() -> None:
    _inbox()
    _digest()
    _keys()
    _webhooks()
    for table in DIRECTORY:
        op.execute(
            f"CREATE TRIGGER directory_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION directory_changed()"
        )


def _inbox() -> None:
    """What was written before there was an inbox counts as read."""
    op.add_column("outbox_message", sa.Column("read_at", MOMENT, nullable=True))
    op.execute("UPDATE outbox_message SET read_at = queued_at")
    unread = sa.text("read_at IS NULL AND state <> 'withheld'")
    op.create_index("ix_outbox_unread", "outbox_message", ["recipient_id"], postgresql_where=unread)
    for_digest = sa.text("state = 'digest'")
    op.create_index("ix_outbox_digest", "outbox_message", ["recipient_id"], postgresql_where=for_digest)


def _digest() -> None:
    op.create_table(
        "mail_choice",
        sa.Column("person_id", sa.Integer(), sa.ForeignKey("person.id"), primary_key=True),
        sa.Column("message", sa.String(), primary_key=True),
        sa.Column("way", sa.String(), nullable=False),
    )
    op.create_table(
        "digest",
        sa.Column("person_id", sa.Integer(), sa.ForeignKey("person.id"), primary_key=True),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("next_at", MOMENT, nullable=False),
    )
    op.create_index("ix_digest_next_at", "digest", ["next_at"])


def _keys() -> None:
    op.create_table(
        "request_key",
        sa.Column("person_id", sa.Integer(), sa.ForeignKey("person.id"), primary_key=True),
        sa.Column("key", sa.String(), primary_key=True),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("answer", JSONB(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
    )
    op.create_index("ix_request_key_at", "request_key", ["at"])


def _webhooks() -> None:
    op.create_table(
        "webhook",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("area_code", sa.String(), sa.ForeignKey("area.code"), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("url", "secret")),
        sa.Column("kinds", JSONB(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("disabled_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
    )
    op.create_table(
        "webhook_delivery",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("webhook_id", sa.Integer(), sa.ForeignKey("webhook.id"), nullable=False),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("case_id", sa.Integer(), sa.ForeignKey("case.id"), nullable=False),
        sa.Column("event_at", MOMENT, nullable=False),
        sa.Column("replayed", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", MOMENT, nullable=False),
        sa.Column("lease", sa.String(), nullable=True),
        sa.Column("leased_until", MOMENT, nullable=True),
        sa.Column("failed_first_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("response_code", sa.Integer(), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
    )
    op.create_index("ix_webhook_delivery_webhook", "webhook_delivery", ["webhook_id", "id"])
    waiting = sa.text("state = 'waiting'")
    op.create_index(
        "ix_webhook_delivery_waiting", "webhook_delivery", ["next_attempt_at", "id"], postgresql_where=waiting
    )
    op.create_index(
        "ix_webhook_delivery_order",
        "webhook_delivery",
        ["webhook_id", "case_id", "id"],
        postgresql_where=waiting,
    )
