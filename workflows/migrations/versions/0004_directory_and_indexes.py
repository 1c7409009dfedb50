"""The version of the directory, and the indexes that the ways of reading need."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES = ("area", "office", "agency", "agreement", "person", "person_role", "person_office")

CHANGED = """
CREATE FUNCTION directory_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE directory_version SET version = gen_random_uuid()::text;
    RETURN NULL;
END $$
"""


DUE = sa.text("coalesce(due_at, TIMESTAMP WITH TIME ZONE '9999-01-01 00:00:00+00')")
OPEN = "closed_at IS NULL"


def upgrade() -> None:
    _directory()
    _indexes()


def _indexes() -> None:
    """One index for each way in which the lists and jobs read open tasks, in their order; each holds open ones only."""
    op.drop_index("ix_user_task_open_role", "user_task")
    op.drop_index("ix_user_task_open_assignee", "user_task")
    op.create_index(
        "ix_user_task_office", "user_task", ["role", "office_code", DUE, "id"], postgresql_where=OPEN
    )
    op.create_index(
        "ix_user_task_agency", "user_task", ["role", "agency_code", DUE, "id"], postgresql_where=OPEN
    )
    op.create_index("ix_user_task_assignee", "user_task", ["assignee_id", DUE, "id"], postgresql_where=OPEN)
    late = f"{OPEN} AND reminded_at IS NULL"
    op.create_index("ix_user_task_late", "user_task", ["due_at", "id"], postgresql_where=late)
    op.create_index("ix_user_task_claimed", "user_task", ["claimed_at"], postgresql_where=OPEN)
    # The unique constraint over case, kind, recipient and round finds the messages of a case as well.
    op.drop_index("ix_outbox_message_case_id", "outbox_message")


def _directory() -> None:
    op.create_table(
        "directory_version",
        sa.Column("single", sa.Boolean(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("single"),
        sa.CheckConstraint("single", name="one_row"),
    )
    op.execute("INSERT INTO directory_version VALUES (true, gen_random_uuid()::text)")
    op.execute(CHANGED)
    for table in TABLES:
        op.execute(
            f"CREATE TRIGGER directory_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION directory_changed()"
        )
