"""How often a platform lets an account write to somebody."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from channels.tables import OutgoingRow, OutgoingState


def sent_since(session: Session, conversation: str, since: datetime) -> int:
    """How many lines have been sent by writing first."""
    sent = session.scalar(
        select(func.count())
        .select_from(OutgoingRow)
        .where(
            OutgoingRow.conversation == conversation,
            OutgoingRow.state == OutgoingState.SENT,
            OutgoingRow.ended >= since,
        )
    )
    return int(sent or 0)
