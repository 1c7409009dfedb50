"""Publications of drafts, the cases that each moves, and why a version was made."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    note = sa.Column("note", sa.String(), nullable=False, server_default="")
    op.add_column("process_definition", note)
    op.alter_column("process_definition", "note", server_default=None)
    _publications()
    _cases()


def _publications() -> None:
    op.create_table(
        "publication",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("area_code", sa.String(), sa.ForeignKey("area.code"), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("base_id", sa.Integer(), sa.ForeignKey("process_definition.id"), nullable=False),
        sa.Column("files", JSONB(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("moves_cases", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), sa.ForeignKey("person.id")),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("definition_id", sa.Integer(), sa.ForeignKey("process_definition.id")),
        sa.Column("former_id", sa.Integer(), sa.ForeignKey("process_definition.id")),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.Column("undone_by_id", sa.Integer(), sa.ForeignKey("person.id")),
        sa.Column("undone_at", sa.DateTime(timezone=True)),
    )
    op.create_index(
        "ix_publication_under_way",
        "publication",
        ["key", "area_code"],
        unique=True,
        postgresql_where=sa.text("state IN ('proposed', 'running', 'undoing')"),
    )


def _cases() -> None:
    publication, case = sa.ForeignKey("publication.id"), sa.ForeignKey("case.id")
    op.create_table(
        "publication_case",
        sa.Column("publication_id", sa.Integer(), publication, primary_key=True),
        sa.Column("case_id", sa.Integer(), case, primary_key=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("changes", JSONB(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("element", sa.String(), nullable=False),
        sa.Column("element_name", sa.String(), nullable=False),
        sa.Column("waiting", JSONB(), nullable=False),
        sa.Column("foretold_of", sa.String(), nullable=False),
        sa.Column("definition_before", sa.Integer(), sa.ForeignKey("process_definition.id"), nullable=False),
        sa.Column("state_before", sa.LargeBinary()),
        sa.Column("rows_before", JSONB()),
        sa.Column("hash_after", sa.String(), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True)),
        sa.Column("attempts", sa.Integer(), nullable=False),
    )
    op.create_index("ix_publication_case_state", "publication_case", ["publication_id", "state", "case_id"])
    op.create_index("ix_publication_case_case", "publication_case", ["case_id"])
