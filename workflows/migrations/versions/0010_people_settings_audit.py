"""Roles asked for, set-up links, live sessions, settings of an area, emergency access, the area of an event."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _sessions()
    _role_requests()
    _setup_links()
    _area_settings()
    _emergency_accesses()
    _areas_of_events()
    _lists()
    _numbers_of_agreements()


def _sessions() -> None:
    op.add_column("session", sa.Column("id", sa.Integer(), sa.Identity(), nullable=False))
    op.create_unique_constraint("uq_session_id", "session", ["id"])
    op.add_column("session", sa.Column("last_used_at", MOMENT, nullable=True))


def _role_requests() -> None:
    op.create_table(
        "role_request",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("person_id", sa.Integer(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("decided_by_id", sa.Integer(), sa.ForeignKey("person.id"), nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("approved", sa.Boolean(), nullable=True),
    )
    op.create_index(
        "ix_role_request_open",
        "role_request",
        ["person_id", "role"],
        unique=True,
        postgresql_where="decided_at IS NULL",
    )


def _setup_links() -> None:
    op.create_table(
        "setup_link",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("person_id", sa.Integer(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("nonce", sa.String(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
    )
    op.create_index("ix_setup_link_person_id", "setup_link", ["person_id"])


def _area_settings() -> None:
    op.create_table(
        "area_setting",
        sa.Column("area_code", sa.String(), sa.ForeignKey("area.code"), primary_key=True),
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("value", JSONB(), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
    )
    op.execute(
        "CREATE TRIGGER directory_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON area_setting "
        "FOR EACH STATEMENT EXECUTE FUNCTION directory_changed()"
    )


def _emergency_accesses() -> None:
    op.create_table(
        "emergency_access",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("case_id", sa.Integer(), sa.ForeignKey("case.id"), nullable=False),
        sa.Column("person_id", sa.Integer(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
    )
    op.create_index("ix_emergency_access_case", "emergency_access", ["case_id", "person_id"])


OFTEN = (
    "case_closed", "case_opened", "client_facts_read", "contact_made", "message_sent", "message_waiting", "partner_told",
    "request_sent", "signed_in", "task_claimed", "task_completed", "task_opened", "task_withdrawn",
)  # fmt: skip
SELDOM = f"kind NOT IN ({', '.join(repr(kind) for kind in OFTEN)})"
AREA_OF_EVENTS = (
    'UPDATE history_event e SET area_code = c.area_code FROM "case" c WHERE c.id = e.case_id',
    "UPDATE history_event e SET area_code = p.area_code FROM person p "
    "WHERE e.case_id IS NULL AND p.id = e.actor_id",
    "UPDATE history_event e SET area_code = p.area_code FROM person p "
    "WHERE e.case_id IS NULL AND e.actor_id IS NULL AND p.username = e.detail ->> 'user'",
    "UPDATE history_event e SET area_code = a.area_code FROM agency a "
    "WHERE e.case_id IS NULL AND e.actor_id IS NULL AND a.code = e.detail ->> 'agency'",
)


def _areas_of_events() -> None:
    """The area of each event, so that a trail is read along an index; the chain of hashes does not hold it."""
    op.add_column("history_event", sa.Column("area_code", sa.String(), nullable=True))
    op.execute("ALTER TABLE history_event DISABLE TRIGGER history_is_append_only")
    for statement in AREA_OF_EVENTS:
        op.execute(statement)
    op.execute("ALTER TABLE history_event ENABLE TRIGGER history_is_append_only")
    op.drop_index("ix_history_event_at", "history_event")
    op.create_index("ix_history_event_area", "history_event", ["area_code", "at", "id"])
    columns = ["area_code", "kind", "at", "id"]
    op.create_index("ix_history_event_kind", "history_event", columns, postgresql_where=sa.text(SELDOM))
    named = sa.text("actor_id IS NOT NULL")
    op.create_index(
        "ix_history_event_actor", "history_event", ["actor_id", "at", "id"], postgresql_where=named
    )


def _lists() -> None:
    """The ways in which the sent mail is read, and what happened to one message."""
    op.create_index("ix_outbox_recipient", "outbox_message", ["recipient_id", "id"])
    unsent = "state IN ('failed', 'withheld')"
    op.create_index("ix_outbox_unsent", "outbox_message", ["state", "id"], postgresql_where=unsent)
    op.create_index(
        "ix_history_event_message",
        "history_event",
        [sa.text("(detail ->> 'id')")],
        postgresql_where="case_id IS NULL AND kind LIKE 'message_%'",
    )


def _numbers_of_agreements() -> None:
    """A number belongs to an agency's agreement, so that no area learns which numbers another one has."""
    op.drop_constraint("agreement_number_key", "agreement", type_="unique")
    op.create_unique_constraint("uq_agreement_agency_number", "agreement", ["agency_code", "number"])
