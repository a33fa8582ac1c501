"""The register of tickets: filing, completing, looking up.

Every function works in the transaction of the session it is handed and commits nothing. On
SQLite a transaction must begin with BEGIN IMMEDIATE, on PostgreSQL READ COMMITTED will do.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from actions.tickets.calendar import WorkingCalendar
from actions.tickets.deadlines import Rule, Since, due, rule_for
from actions.tickets.history import locked, record, repeated
from actions.tickets.number import allocate
from actions.tickets.tables import TicketRow
from actions.tickets.ticket import (
    RESIDENT,
    Amendment,
    Contact,
    EventKind,
    Kind,
    NewTicket,
    Publish,
    Status,
    Ticket,
    TicketClosed,
    nobody,
)
from actions.tickets.transitions import OPEN
from actions.vault import Vault
from nlu.phone import mask_phones
from nlu.text import title_of

REPLACED = (
    "kind",
    "category",
    "title",
    "expectation",
    "happened",
    "address",
    "anonymous",
    "confidential",
    "urgency",
)


def file(
    session: Session,
    new: NewTicket,
    *,
    key: str,
    now: datetime,
    vault: Vault,
    rules: Sequence[Rule],
    calendar: WorkingCalendar,
    actor: str = RESIDENT,
    publish: Publish = nobody,
) -> Ticket:
    """Files a ticket with its first event and its errand to the case system.

    Args:
        key: names the wish to file, at most 200 characters. The same key, at the same time or
            years later, gets the ticket it got first and files nothing.

    Raises:
        ValueError: no key, or ``now`` is naive.
    """
    if not key:
        raise ValueError("filing needs a key")
    if known := filed_as(session, key):
        return known.ticket()
    try:
        with session.begin_nested():
            row = draft(new, key, now)
            seal_contact(row, Contact(new.contact_name, new.contact_phone), vault)
            set_deadlines(row, rules, calendar)
            row.number = allocate(session, now)
            session.add(row)
    except IntegrityError:
        known = filed_as(session, key)
        if known is None:
            raise
        return known.ticket()
    record(session, row, EventKind.FILED, now=now, actor=actor, publish=publish)
    return row.ticket()


def filed_as(session: Session, key: str) -> TicketRow | None:
    return session.scalar(select(TicketRow).where(TicketRow.key == key))


def draft(new: NewTicket, key: str, now: datetime) -> TicketRow:
    return TicketRow(
        key=key,
        kind=new.kind,
        category=new.category,
        confidence=new.confidence,
        title=mask_phones(new.title.strip() or title_of(new.description)),
        description=mask_phones(new.description),
        expectation=new.expectation,
        happened=new.happened,
        happened_at=new.happened_at,
        plates=list(new.plates),
        address=new.address,
        anonymous=new.anonymous,
        confidential=new.confidential,
        attachments=list(new.attachments),
        channel=new.channel,
        conversation=new.conversation,
        urgency=new.urgency,
        incomplete=new.incomplete,
        status=Status.SUBMITTED,
        filed_at=now,
        updated_at=now,
    )


def seal_contact(row: TicketRow, contact: Contact, vault: Vault) -> None:
    kept = Contact() if row.anonymous else contact
    row.sealed_name = vault.seal(kept.name) if kept.name else ""
    row.sealed_phone = vault.seal(kept.phone) if kept.phone else ""
    row.phone_fingerprint = vault.fingerprint(kept.phone) if kept.phone else None


def open_contact(row: TicketRow, vault: Vault) -> Contact:
    return Contact(
        vault.open(row.sealed_name) if row.sealed_name else "",
        vault.open(row.sealed_phone) if row.sealed_phone else "",
    )


def set_deadlines(
    row: TicketRow, rules: Sequence[Rule], calendar: WorkingCalendar, start: datetime | None = None
) -> None:
    """Sets accept-by and resolve-by from what the ticket now is.

    Args:
        start: when the work began anew; None: at acceptance, or filing where that is to come.
    """
    rule = rule_for(rules, kind=row.kind, category=row.category, urgency=row.urgency)
    since = row.filed_at if rule.since is Since.FILING else row.accepted_at or row.filed_at
    accept = due(row.filed_at, rule.accept, calendar)
    resolve = due(start or since, rule.resolve, calendar)
    row.accept_by, row.resolve_by = accept.at, resolve.at
    row.deadline_rule = rule.name
    row.deadline_assumed = accept.assumed or resolve.assumed


def complete(
    session: Session,
    number: str,
    amendment: Amendment,
    *,
    now: datetime,
    vault: Vault,
    rules: Sequence[Rule],
    calendar: WorkingCalendar,
    actor: str = RESIDENT,
    key: str | None = None,
    publish: Publish = nobody,
) -> Ticket:
    """Adds to a ticket or puts it right; deadlines follow where kind, category or urgency change.

    Raises:
        UnknownTicket: there is none of this number.
        TicketClosed: nobody works on it any more.
    """
    row = locked(session, number)
    if repeated(session, row, key):
        return row.ticket()
    if row.status not in OPEN:
        raise TicketClosed(number, row.status)
    contact = open_contact(row, vault)
    clock = (row.kind, row.category, row.urgency)
    changed = [n for n in REPLACED if getattr(amendment, n) not in (None, getattr(row, n))]
    for name in changed:
        setattr(row, name, getattr(amendment, name))
    if "category" in changed:
        row.confidence = amendment.confidence
    if amendment.more:
        row.description = f"{row.description}\n{mask_phones(amendment.more)}".strip()
        changed.append("description")
    if amendment.attachments:
        row.attachments = [*row.attachments, *amendment.attachments]
        changed.append("attachments")
    if amendment.contact_name is not None or amendment.contact_phone is not None or row.anonymous:
        seal_contact(row, merged(contact, amendment), vault)
        changed += ["contact"] if open_contact(row, vault) != contact else []
    if amendment.complete and row.incomplete:
        row.incomplete = False
        changed.append("incomplete")
    if clock != (row.kind, row.category, row.urgency) and not row.extensions:
        set_deadlines(row, rules, calendar)
    if changed:
        record(
            session,
            row,
            EventKind.COMPLETED,
            now=now,
            actor=actor,
            publish=publish,
            text=amendment.more,
            fields=changed,
            key=key,
        )
    return row.ticket()


def merged(contact: Contact, amendment: Amendment) -> Contact:
    return Contact(
        contact.name if amendment.contact_name is None else amendment.contact_name,
        contact.phone if amendment.contact_phone is None else amendment.contact_phone,
    )


def by_number(session: Session, number: str) -> Ticket | None:
    row = session.scalar(select(TicketRow).where(TicketRow.number == number))
    return row.ticket() if row else None


def of_conversation(session: Session, conversation: str, *, limit: int = 20) -> list[Ticket]:
    """The tickets filed in a conversation, newest first."""
    return newest(session, limit, TicketRow.conversation == conversation)


def of_phone(session: Session, phone: str, *, vault: Vault, limit: int = 20) -> list[Ticket]:
    """The tickets filed with a phone, newest first."""
    return newest(session, limit, TicketRow.phone_fingerprint.in_(vault.fingerprints(phone)))


def listing(
    session: Session,
    *,
    status: Collection[Status] = (),
    kind: Kind | None = None,
    category: str | None = None,
    incomplete: bool | None = None,
    supervised: bool | None = None,
    overdue_at: datetime | None = None,
    filed_from: datetime | None = None,
    filed_before: datetime | None = None,
    limit: int = 100,
    offset: int = 0,
) -> list[Ticket]:
    """Tickets, newest first; what is left out does not narrow.

    Args:
        category: of the first level.
        overdue_at: those open whose resolve-by lies before this moment.
    """
    clauses: list[ColumnElement[bool]] = []
    if status:
        clauses.append(TicketRow.status.in_(status))
    if kind is not None:
        clauses.append(TicketRow.kind == kind)
    if category is not None:
        clauses.append(TicketRow.category_1 == category)
    if incomplete is not None:
        clauses.append(TicketRow.incomplete == incomplete)
    if supervised is not None:
        clauses.append(TicketRow.supervised == supervised)
    if overdue_at is not None:
        clauses += [TicketRow.status.in_(OPEN), TicketRow.resolve_by < overdue_at]
    if filed_from is not None:
        clauses.append(TicketRow.filed_at >= filed_from)
    if filed_before is not None:
        clauses.append(TicketRow.filed_at < filed_before)
    return newest(session, limit, *clauses, offset=offset)


def newest(
    session: Session, limit: int, *clauses: ColumnElement[bool], offset: int = 0
) -> list[Ticket]:
    rows = select(TicketRow).where(*clauses).order_by(TicketRow.id.desc())
    return [row.ticket() for row in session.scalars(rows.limit(limit).offset(offset))]


def contact_of(session: Session, number: str, *, vault: Vault) -> Contact:
    """Name and phone, for staff who must call back.

    Raises:
        UnknownTicket: there is none of this number.
    """
    return open_contact(locked(session, number), vault)
