"""Messages in a row that were of no use, counted across processes."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.reply import Signal
from channels.hotline.tables import FailureRow
from channels.tables import InboundRow

SPANS: Mapping[Signal, int] = MappingProxyType(
    {Signal.MISSED: 1, Signal.UNSOLVED: 2, Signal.NOT_OURS: 1}
)
"""How many messages are of no use with one: “没解决” takes the one before with it."""


def count_failure(session: Session, conversation: str, inbound: int, signal: Signal) -> int:
    """How many in a row there are with this message; the same however often it is counted.

    Any message between that was of use breaks the row; one that is no business of the community
    neither breaks it nor counts.
    """
    row = session.get(FailureRow, conversation)
    if row is None:
        row = FailureRow(conversation=conversation, count=0, inbound=0)
        session.add(row)
    if row.inbound != inbound:
        follows = row.inbound in before(session, conversation, inbound, SPANS[signal])
        row.count = (row.count if follows else 0) + (signal is not Signal.NOT_OURS)
        row.inbound = inbound
    return row.count


def begin_anew(session: Session, conversation: str) -> None:
    """Count from none again."""
    row = session.get(FailureRow, conversation)
    if row is not None:
        row.count = 0


def before(session: Session, conversation: str, inbound: int, limit: int) -> Sequence[int]:
    return session.scalars(
        select(InboundRow.id)
        .where(InboundRow.conversation == conversation, InboundRow.id < inbound)
        .order_by(InboundRow.id.desc())
        .limit(limit)
    ).all()
