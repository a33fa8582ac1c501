"""What a resident may do about a ticket already filed: add, hurry, withdraw, rate."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from actions.tickets.calendar import WorkingCalendar
from actions.tickets.deadlines import Rule
from actions.tickets.history import locked, record, repeated
from actions.tickets.progress import move
from actions.tickets.tables import TicketRow
from actions.tickets.ticket import (
    RESIDENT,
    EventKind,
    Publish,
    Status,
    Ticket,
    TicketClosed,
    nobody,
)
from actions.tickets.transitions import OPEN, TransitionRefused, check

URGE_AGAIN_AFTER = timedelta(hours=4)
BAD_STARS = 2
RATEABLE = frozenset({Status.RESOLVED, Status.ARCHIVED})


@dataclass(frozen=True, slots=True)
class Urged:
    """Args: counted: False: hurried too short a while ago. again_at: when next it would count."""

    ticket: Ticket
    counted: bool
    again_at: datetime


def add_note(
    session: Session,
    number: str,
    text: str,
    *,
    now: datetime,
    actor: str = RESIDENT,
    attachments: Sequence[str] = (),
    key: str | None = None,
    publish: Publish = nobody,
) -> Ticket:
    """Adds a note to a ticket in any status; what a resident adds is never turned away.

    Raises:
        UnknownTicket: there is none of this number.
        ValueError: neither text nor attachment.
    """
    if not text.strip() and not attachments:
        raise ValueError("a note needs a text or an attachment")
    row = locked(session, number)
    if repeated(session, row, key):
        return row.ticket()
    if attachments:
        row.attachments = [*row.attachments, *attachments]
    fields = ["attachments"] if attachments else []
    record(
        session,
        row,
        EventKind.NOTED,
        now=now,
        actor=actor,
        publish=publish,
        text=text,
        fields=fields,
        key=key,
    )
    return row.ticket()


def urge(
    session: Session,
    number: str,
    *,
    now: datetime,
    actor: str = RESIDENT,
    text: str = "",
    every: timedelta = URGE_AGAIN_AFTER,
    publish: Publish = nobody,
) -> Urged:
    """Hurries a ticket (催办), counted at most once within ``every``.

    Raises:
        UnknownTicket: there is none of this number.
        TicketClosed: nobody works on it any more.
    """
    row = locked(session, number)
    if row.status not in OPEN:
        raise TicketClosed(number, row.status)
    if row.urged_at is not None and now < row.urged_at + every:
        return Urged(row.ticket(), False, row.urged_at + every)
    row.urges += 1
    row.urged_at = now
    record(session, row, EventKind.URGED, now=now, actor=actor, publish=publish, text=text)
    return Urged(row.ticket(), True, now + every)


def withdraw(
    session: Session,
    number: str,
    *,
    now: datetime,
    actor: str = RESIDENT,
    reason: str = "",
    publish: Publish = nobody,
) -> Ticket:
    """Withdraws a ticket; one already withdrawn stays so.

    Raises:
        UnknownTicket: there is none of this number.
        TransitionRefused: it is settled already.
    """
    row = locked(session, number)
    before = row.status
    if before is Status.WITHDRAWN:
        return row.ticket()
    check(before, Status.WITHDRAWN, reason=reason)
    row.status, row.closed_at, row.reassign_by = Status.WITHDRAWN, now, None
    record(
        session,
        row,
        EventKind.STATUS,
        now=now,
        actor=actor,
        publish=publish,
        before=before,
        text=reason,
    )
    return row.ticket()


def rate(
    session: Session,
    number: str,
    stars: int,
    *,
    now: datetime,
    rules: Sequence[Rule],
    calendar: WorkingCalendar,
    reason: str = "",
    actor: str = RESIDENT,
    key: str | None = None,
    publish: Publish = nobody,
) -> Ticket:
    """Rates how a ticket was settled; the rating may be changed until the ticket is open again.

    A bad rating (one or two stars) with a reason puts the ticket under supervision (督办), and
    reopens it unless it is archived.

    Raises:
        UnknownTicket: there is none of this number.
        TransitionRefused: it is not settled.
        ValueError: not one to five stars.
    """
    if not 1 <= stars <= 5:
        raise ValueError(f"one to five stars, not {stars}")
    row = locked(session, number)
    if repeated(session, row, key):
        return row.ticket()
    if (row.rating, row.rating_reason) == (stars, reason):
        return row.ticket()
    if row.status not in RATEABLE:
        raise TransitionRefused(f"{number}: only what is settled can be rated")
    row.rating, row.rating_reason = stars, reason
    record(
        session,
        row,
        EventKind.RATED,
        now=now,
        actor=actor,
        publish=publish,
        text=reason,
        stars=stars,
        key=key,
    )
    if stars <= BAD_STARS and reason.strip():
        supervise(session, row, now=now, actor=actor, reason=reason, publish=publish)
        if row.status is Status.RESOLVED:
            reopen(
                session,
                row,
                now=now,
                actor=actor,
                reason=reason,
                rules=rules,
                calendar=calendar,
                publish=publish,
            )
    return row.ticket()


def supervise(
    session: Session, row: TicketRow, *, now: datetime, actor: str, reason: str, publish: Publish
) -> None:
    if not row.supervised:
        row.supervised = True
        record(
            session, row, EventKind.SUPERVISED, now=now, actor=actor, publish=publish, text=reason
        )


def reopen(
    session: Session,
    row: TicketRow,
    *,
    now: datetime,
    actor: str,
    reason: str,
    rules: Sequence[Rule],
    calendar: WorkingCalendar,
    publish: Publish,
) -> None:
    before = row.status
    check(before, Status.REOPENED, reason=reason)
    move(row, Status.REOPENED, now=now, rules=rules, calendar=calendar)
    record(
        session,
        row,
        EventKind.STATUS,
        now=now,
        actor=actor,
        publish=publish,
        before=before,
        text=reason,
    )
