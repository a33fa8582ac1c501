"""How often a platform lets an account write to somebody."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from channels.tables import InboundRow, InboundState, OutgoingRow, OutgoingState


def sent_since(session: Session, conversation: str, since: datetime) -> int:
    """How many messages have been sent by writing first; lines sent as one ended as one."""
    sent = session.scalar(
        select(func.count(OutgoingRow.ended.distinct())).where(
            OutgoingRow.conversation == conversation,
            OutgoingRow.state == OutgoingState.SENT,
            OutgoingRow.ended >= since,
        )
    )
    return int(sent or 0)


def is_being_answered(session: Session, conversation: str) -> bool:
    """Whether more is to come: a message of theirs has no answer yet."""
    unanswered = select(InboundRow.id).where(
        InboundRow.conversation == conversation, InboundRow.state == InboundState.RECEIVED
    )
    return session.scalar(unanswered.limit(1)) is not None
