"""Questions that were asked in vain."""

import sqlalchemy as sa
from alembic import op

from knowledge.columns import Moment

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "knowledge_gaps",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("key", sa.String(64), nullable=False, unique=True),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("nearest", sa.JSON(), nullable=False),
        sa.Column("entry", sa.String(100), nullable=True),
        sa.Column("settled_at", Moment(), nullable=True),
        sa.Column("settled_by", sa.String(100), nullable=True),
        sa.Column("settled_as", sa.String(100), nullable=True),
    )
    op.create_index("ix_knowledge_gaps_at", "knowledge_gaps", ["at"])
    op.create_index("ix_knowledge_gaps_settled_at", "knowledge_gaps", ["settled_at"])


def downgrade() -> None:
    op.drop_table("knowledge_gaps")
