"""Less room for what is kept for long: hashes as bytes, and the indexes of open tasks rid of closed ones before many
gather."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE history_event ALTER COLUMN hash TYPE bytea USING decode(hash, 'hex')")
    op.execute(
        "ALTER TABLE user_task SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500)"
    )
