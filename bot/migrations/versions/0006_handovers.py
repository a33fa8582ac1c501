"""Conversations handed over to a person."""

import sqlalchemy as sa
from alembic import op

from knowledge.columns import Moment

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "handovers",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("conversation", sa.String(200), nullable=False),
        sa.Column("open_for", sa.String(200), nullable=True, unique=True),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("inbound", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("reason", sa.String(10), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.Column("taken", Moment(), nullable=True),
        sa.Column("taken_by", sa.String(100), nullable=True),
        sa.Column("closed", Moment(), nullable=True),
        sa.Column("closed_by", sa.String(100), nullable=True),
        sa.Column("ending", sa.String(20), nullable=True),
        sa.Column("counted", sa.Boolean(), nullable=False),
    )
    op.create_index("ix_handovers_conversation", "handovers", ["conversation"])
    op.create_index("handovers_waiting", "handovers", ["state", "urgent", "since"])
    op.create_table(
        "handover_events",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("handover", sa.Integer(), sa.ForeignKey("handovers.id"), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("by", sa.String(100), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("key", sa.String(100), nullable=True),
        sa.Column("line", sa.Integer(), nullable=True),
        sa.UniqueConstraint("handover", "key"),
    )
    op.create_index("ix_handover_events_handover", "handover_events", ["handover"])
    op.create_table(
        "failures",
        sa.Column("conversation", sa.String(200), primary_key=True),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("inbound", sa.Integer(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("failures")
    op.drop_table("handover_events")
    op.drop_table("handovers")
