"""When a platform's access token was given out."""

import sqlalchemy as sa
from alembic import op

from knowledge.columns import Moment

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("passes", sa.Column("renewed", Moment(), nullable=True))


def downgrade() -> None:
    op.drop_column("passes", "renewed")
