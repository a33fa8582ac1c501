"""Messages held by a process, recipients, and the outgoing queue."""

import sqlalchemy as sa
from alembic import op

from knowledge.columns import Moment

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    with op.batch_alter_table("inbound") as inbound:
        inbound.drop_index("ix_inbound_conversation")
        inbound.add_column(sa.Column("late", sa.String(10), nullable=False, server_default="wait"))
        inbound.add_column(
            sa.Column("handed", sa.String(10), nullable=False, server_default="given")
        )
        inbound.add_column(sa.Column("owner", sa.String(40), nullable=True))
        inbound.add_column(sa.Column("held_until", Moment(), nullable=True))
        inbound.add_column(sa.Column("tries", sa.Integer(), nullable=False, server_default="0"))
        inbound.add_column(
            sa.Column("deliveries", sa.Integer(), nullable=False, server_default="1")
        )
        inbound.add_column(sa.Column("delivered", Moment(), nullable=True))
    op.execute("UPDATE inbound SET delivered = received")
    with op.batch_alter_table("inbound") as inbound:
        inbound.alter_column("delivered", existing_type=Moment(), nullable=False)
        inbound.create_index("inbound_of_conversation", ["conversation", "state"])
        inbound.create_index("inbound_unfinished", ["state", "held_until"])
        inbound.create_index("inbound_handed", ["handed", "delivered"])
    op.create_table(
        "recipients",
        sa.Column("conversation", sa.String(200), primary_key=True),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("account", sa.String(200), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("heard", Moment(), nullable=False),
        sa.Column("heard_by", sa.String(20), nullable=False),
        sa.Column("reachable", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "outgoing",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("conversation", sa.String(200), nullable=False),
        sa.Column(
            "line", sa.Integer(), sa.ForeignKey("transcript.id"), nullable=False, unique=True
        ),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("next_try", Moment(), nullable=False),
        sa.Column("owner", sa.String(40), nullable=True),
        sa.Column("created", Moment(), nullable=False),
        sa.Column("ended", Moment(), nullable=True),
    )
    op.create_index("outgoing_due", "outgoing", ["state", "next_try"])
    op.create_index("outgoing_of_conversation", "outgoing", ["conversation", "state"])
    op.create_table(
        "signatures",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("message", sa.String(64), nullable=False),
        sa.Column("seen", Moment(), nullable=False),
    )
    op.create_index("ix_signatures_seen", "signatures", ["seen"])
    op.create_table(
        "rests",
        sa.Column("conversation", sa.String(200), primary_key=True),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("inbound", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
    )
    op.create_table(
        "passes",
        sa.Column("account", sa.String(200), primary_key=True),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("expires", Moment(), nullable=False),
        sa.Column("renewed_by", sa.String(40), nullable=True),
        sa.Column("renewing_until", Moment(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("passes")
    op.drop_table("rests")
    op.drop_table("signatures")
    op.drop_table("outgoing")
    op.drop_table("recipients")
    with op.batch_alter_table("inbound") as inbound:
        inbound.drop_index("inbound_handed")
        inbound.drop_index("inbound_unfinished")
        inbound.drop_index("inbound_of_conversation")
        for column in ("delivered", "deliveries", "tries", "held_until", "owner", "handed", "late"):
            inbound.drop_column(column)
        inbound.create_index("ix_inbound_conversation", ["conversation"])
