"""Disclosures are found by the way they left and by the case; a head says in which form it was signed."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    readings = "'client_facts_read', 'clients_searched', 'case_exported', 'proof_pack_made'"
    op.create_index(
        "ix_history_event_channel",
        "history_event",
        ["area_code", sa.text("(detail ->> 'channel')"), "at", "id"],
        postgresql_where=sa.text(f"kind IN ({readings})"),
    )
    op.create_index(
        "ix_history_event_searched",
        "history_event",
        [sa.text("string_to_array(detail ->> 'cases', ', ')")],
        postgresql_using="gin",
        postgresql_where=sa.text("case_id IS NULL AND kind = 'clients_searched'"),
    )
    op.add_column("history_head", sa.Column("form", sa.Integer(), nullable=False, server_default="1"))
    op.alter_column("history_head", "form", server_default=None)
