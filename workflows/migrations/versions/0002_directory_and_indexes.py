"""The version of the directory, and the indexes that the ways of reading need."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
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


def upgrade() -> None:
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
