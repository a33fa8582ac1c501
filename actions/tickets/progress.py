"""The way of a ticket from status to status, with what each change does to its deadlines."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from actions.tickets.calendar import WorkingCalendar
from actions.tickets.deadlines import Rule, due, rule_for
from actions.tickets.history import locked, record, repeated
from actions.tickets.register import set_deadlines
from actions.tickets.tables import TicketRow
from actions.tickets.ticket import (
    CASE_SYSTEM,
    EventKind,
    Publish,
    Status,
    Ticket,
    nobody,
)
from actions.tickets.transitions import OPEN, TransitionRefused, check, way


def change_status(
    session: Session,
    number: str,
    to: Status,
    *,
    now: datetime,
    actor: str,
    rules: Sequence[Rule],
    calendar: WorkingCalendar,
    reason: str = "",
    instead: str = "",
    handler: str | None = None,
    co_handlers: Sequence[str] | None = None,
    until: datetime | None = None,
    key: str | None = None,
    publish: Publish = nobody,
) -> Ticket:
    """Takes a ticket one step further.

    Args:
        reason: required for 不予受理, 退回, 延期, 疑难 and 重新办理.
        instead: where to go instead; required for 不予受理.
        handler: who must settle it now; None: as before.
        until: the new resolve-by of 延期; later than the old.

    Raises:
        UnknownTicket: there is none of this number.
        TransitionRefused: the change is not allowed, or something it needs is missing.
    """
    row = locked(session, number)
    if repeated(session, row, key):
        return row.ticket()
    before = row.status
    check(before, to, reason=reason, instead=instead)
    check_extension(row, to, until)
    if handler is not None:
        row.handler = handler
    if co_handlers is not None:
        row.co_handlers = list(co_handlers)
    move(row, to, now=now, rules=rules, calendar=calendar, until=until)
    record(
        session,
        row,
        EventKind.STATUS,
        now=now,
        actor=actor,
        publish=publish,
        before=before,
        text=reason,
        instead=instead,
        key=key,
    )
    return row.ticket()


def apply_status(
    session: Session,
    number: str,
    to: Status,
    *,
    now: datetime,
    rules: Sequence[Rule],
    calendar: WorkingCalendar,
    reason: str = "",
    instead: str = "",
    handler: str | None = None,
    until: datetime | None = None,
    key: str | None = None,
    publish: Publish = nobody,
) -> Ticket:
    """Takes over a status reported by the case system; told twice, it is taken over once.

    Steps that system does not know are filled in along the main line.

    Raises:
        UnknownTicket: there is none of this number.
        TransitionRefused: there is no allowed way from here to there; nothing is changed.
    """
    row = locked(session, number)
    if row.status is to or repeated(session, row, key):
        return row.ticket()
    *between, last = way(row.status, to)
    check(between[-1] if between else row.status, last, reason=reason, instead=instead)
    check_extension(row, last, until)
    for step in between:
        change_status(
            session,
            number,
            step,
            now=now,
            actor=CASE_SYSTEM,
            rules=rules,
            calendar=calendar,
            publish=publish,
        )
    return change_status(
        session,
        number,
        last,
        now=now,
        actor=CASE_SYSTEM,
        rules=rules,
        calendar=calendar,
        reason=reason,
        instead=instead,
        handler=handler,
        until=until,
        key=key,
        publish=publish,
    )


def move(
    row: TicketRow,
    to: Status,
    *,
    now: datetime,
    rules: Sequence[Rule],
    calendar: WorkingCalendar,
    until: datetime | None = None,
) -> None:
    """Sets a status already checked, and the deadlines that follow from it."""
    before, row.status = row.status, to
    row.closed_at = None if to in OPEN else row.closed_at or now
    if to is Status.ACCEPTED:
        row.accepted_at = now
        set_deadlines(row, rules, calendar)
    elif to is Status.RETURNED:
        rule = rule_for(rules, kind=row.kind, category=row.category, urgency=row.urgency)
        row.reassign_by = due(now, rule.reassign, calendar).at
    elif to is Status.EXTENDED and until is not None:
        row.resolve_by = until
        row.extensions += 1
    elif to is Status.RESOLVED:
        row.rating, row.rating_reason = None, ""
    elif to is Status.REOPENED:
        row.reopenings += 1
        set_deadlines(row, rules, calendar, start=now)
    if before is Status.RETURNED:
        row.reassign_by = None
        if to is Status.ASSIGNED:
            set_deadlines(row, rules, calendar, start=now)


def check_extension(row: TicketRow, to: Status, until: datetime | None) -> None:
    if to is Status.EXTENDED and (until is None or until <= row.resolve_by):
        raise TransitionRefused("an extension needs a moment later than the deadline it extends")
