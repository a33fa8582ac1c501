"""What happened to a ticket: written down, queued for the case system, made known."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from actions.tickets.tables import Errand, EventRow, OutboxRow, TicketRow
from actions.tickets.ticket import CASE_SYSTEM, Event, EventKind, Publish, Status, UnknownTicket
from nlu.phone import mask_phones

ERRANDS = {
    EventKind.FILED: Errand.SUBMIT,
    EventKind.COMPLETED: Errand.NOTE,
    EventKind.NOTED: Errand.NOTE,
    EventKind.ENDORSED: Errand.NOTE,
    EventKind.URGED: Errand.NOTE,
    EventKind.STATUS: Errand.NOTE,
    EventKind.RATED: Errand.NOTE,
    EventKind.SUPERVISED: Errand.NOTE,
}
"""What the case system is told of, unless it came from there."""


def record(
    session: Session,
    row: TicketRow,
    kind: EventKind,
    *,
    now: datetime,
    actor: str,
    publish: Publish,
    before: Status | None = None,
    text: str = "",
    instead: str = "",
    fields: Sequence[str] = (),
    stars: int | None = None,
    key: str | None = None,
) -> Event:
    """Adds an event, and its errand to the case system, in the transaction of ``session``.

    Args:
        text: phones in it are masked, since they belong to the sealed contact alone.
        key: names the request, so that ``repeated`` knows it again.
    """
    line = EventRow(
        ticket=row,
        key=key,
        kind=kind,
        at=now,
        actor=actor,
        before=before or row.status,
        status=row.status,
        text=mask_phones(text),
        instead=instead,
        fields=list(fields),
        stars=stars,
    )
    row.updated_at = now
    session.add(line)
    if kind in ERRANDS and actor != CASE_SYSTEM:
        session.add(OutboxRow(ticket=row, event=line, errand=ERRANDS[kind], next_try=now))
    session.flush()
    event = line.event()
    publish(event)
    return event


def repeated(session: Session, row: TicketRow, key: str | None) -> bool:
    """Whether a request with this key has been met before."""
    if key is None:
        return False
    known = select(EventRow.id).where(EventRow.ticket_id == row.id, EventRow.key == key)
    return session.scalar(known) is not None


def locked(session: Session, number: str) -> TicketRow:
    """The row of a ticket, held until the end of the transaction.

    Raises:
        UnknownTicket: there is none.
    """
    row = session.scalar(
        select(TicketRow)
        .where(TicketRow.number == number)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise UnknownTicket(f"no ticket {number}")
    return row


def history(session: Session, number: str) -> list[Event]:
    """Everything that happened to a ticket, oldest first; empty where there is none."""
    lines = (
        select(EventRow)
        .join(TicketRow)
        .where(TicketRow.number == number)
        .options(joinedload(EventRow.ticket))
        .order_by(EventRow.id)
    )
    return [line.event() for line in session.scalars(lines)]
