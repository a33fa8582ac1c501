"""How far WeCom's customer service has been collected, and where a servicer is at it."""

import sqlalchemy as sa
from alembic import op

from knowledge.columns import Moment

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "wecom_cursors",
        sa.Column("account", sa.String(200), primary_key=True),
        sa.Column("open_kfid", sa.String(100), primary_key=True),
        sa.Column("cursor", sa.String(200), nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.Column("called", Moment(), nullable=True),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("collected", sa.Integer(), nullable=False),
        sa.Column("begun", Moment(), nullable=True),
        sa.Column("owner", sa.String(40), nullable=True),
        sa.Column("held_until", Moment(), nullable=True),
    )
    op.create_table(
        "wecom_attended",
        sa.Column("conversation", sa.String(200), primary_key=True),
        sa.Column("since", Moment(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("wecom_attended")
    op.drop_table("wecom_cursors")
