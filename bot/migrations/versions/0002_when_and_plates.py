"""When a ticket's matter happened, and the licence plates spoken of."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    with op.batch_alter_table("tickets") as tickets:
        tickets.add_column(sa.Column("happened_at", sa.Text(), nullable=False, server_default=""))
        tickets.add_column(sa.Column("plates", sa.JSON(), nullable=False, server_default="[]"))


def downgrade() -> None:
    with op.batch_alter_table("tickets") as tickets:
        tickets.drop_column("plates")
        tickets.drop_column("happened_at")
