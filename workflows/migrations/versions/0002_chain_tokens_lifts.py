"""One chain for the events without a case, API tokens that can be revoked, approved lifts, begun requests that expire."""

import hashlib
import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _chain_events_without_case()
    _tokens()
    _lift_requests()
    _begun_requests()


def _chain_events_without_case() -> None:
    """Number and hash what was recorded before there was a chain; from now on the database refuses changes again."""
    op.execute("ALTER TABLE history_event DISABLE TRIGGER history_is_append_only")
    found = op.get_bind().execute(sa.text("SELECT * FROM history_event WHERE case_id IS NULL ORDER BY id"))
    previous = ""
    for seq, row in enumerate(found.mappings().all(), start=1):
        previous = _chained_hash(previous, seq, row)
        op.get_bind().execute(
            sa.text("UPDATE history_event SET seq = :seq, hash = :hash WHERE id = :id"),
            {"seq": seq, "hash": previous, "id": row["id"]},
        )
    op.execute("ALTER TABLE history_event ENABLE TRIGGER history_is_append_only")
    op.create_index(
        "ix_history_event_without_case",
        "history_event",
        ["seq"],
        unique=True,
        postgresql_where="case_id IS NULL",
    )


def _chained_hash(previous: str, seq: int, row: sa.RowMapping) -> str:
    """The spelling of a link as it was when this migration was written."""
    words: list[Any] = [previous, None, seq, row["at"].isoformat()]
    words += [row[name] for name in ("actor_id", "kind", "element", "detail", "esd_only")]
    return hashlib.sha256(json.dumps(words, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _tokens() -> None:
    op.add_column("api_token", sa.Column("id", sa.Integer(), sa.Identity(), nullable=False))
    op.create_unique_constraint("uq_api_token_id", "api_token", ["id"])
    op.add_column("api_token", sa.Column("last_used_at", MOMENT, nullable=True))
    op.add_column("api_token", sa.Column("revoked_at", MOMENT, nullable=True))


def _lift_requests() -> None:
    op.create_table(
        "lift_request",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("person_id", sa.Integer(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("decided_by_id", sa.Integer(), sa.ForeignKey("person.id"), nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("approved", sa.Boolean(), nullable=True),
    )
    op.create_index(
        "ix_lift_request_open",
        "lift_request",
        ["person_id"],
        unique=True,
        postgresql_where="decided_at IS NULL",
    )


def _begun_requests() -> None:
    """The requests begun before this version expire as well, after the seven days that the procedure gave them."""
    op.execute(
        "INSERT INTO timer (id, case_id, element, role, level, armed_at, due_at, attempts) "
        "SELECT number || '/draft_expiry', id, '', 'case_manager', 'draft_expiry', opened_at, "
        "opened_at + interval '7 days', 0 FROM \"case\" "
        "WHERE status = 'draft' AND closed_at IS NULL AND process_key = 'opt_in_5512pro'"
    )
