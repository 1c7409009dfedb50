"""The version after this one, as far as its schema goes: a migration that gives tables columns this one does not know."""

from collections.abc import Iterable
from pathlib import Path

_MIGRATION = '''"""Tables get columns that the version before does not know."""

from alembic import op

revision = "next"
down_revision = "{before}"


def upgrade() -> None:
    for table in {tables}:
        op.execute(f'ALTER TABLE "{{table}}" ADD COLUMN of_the_next text')
        op.execute(f'ALTER TABLE "{{table}}" ADD COLUMN also_next integer NOT NULL DEFAULT 7')
'''


def add_migration(migrations: Path, tables: Iterable[str]) -> None:
    """Write it into a folder of migrations, after the newest there."""
    versions = migrations / "versions"
    newest = max(path.name.split("_")[0] for path in versions.glob("[0-9]*.py"))
    (versions / "9999_next.py").write_text(_MIGRATION.format(before=newest, tables=tuple(tables)), "utf-8")
