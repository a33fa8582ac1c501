"""Messages in a row that were of no use, counted across processes."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from channels.hotline.tables import FailureRow
from channels.tables import InboundRow


def count_failure(session: Session, conversation: str, inbound: int, *, answered: bool) -> int:
    """How many in a row there are with this message; the same however often it is counted.

    Any message between that was of use breaks the row.

    Args:
        answered: the message says that the answer to the one before was of no use.
    """
    row = session.get(FailureRow, conversation)
    if row is None:
        row = FailureRow(conversation=conversation, count=0, inbound=0)
        session.add(row)
    if row.inbound != inbound:
        follows = row.inbound in before(session, conversation, inbound, 2 if answered else 1)
        row.count = row.count + 1 if follows else 1
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
