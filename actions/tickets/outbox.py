"""The outbox: brings what happened to tickets to the case system, at least once and in order.

A row is claimed under a lease, so that two processes do not deliver it both; where a process
dies, the lease runs out and another takes over. The case system knows numbers and events it has
met before, so that "at least once" there is "once". Nothing about a ticket is delivered before
the ticket itself.
"""

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased, sessionmaker

from actions.case_systems.case_system import (
    Case,
    CaseNote,
    CaseSystem,
    Reference,
    Rejected,
    Unavailable,
)
from actions.tickets.history import locked, record
from actions.tickets.register import open_contact
from actions.tickets.tables import Delivery, Errand, OutboxRow, TicketRow
from actions.tickets.ticket import LINLI, Contact, EventKind, Publish, nobody
from actions.vault import Vault
from nlu.clock import Clock

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
"""Twice what a case system may take for a call."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long an errand is tried: doubling pauses, then dead. By default about four days.

    Args:
        first, longest: pauses before the second try and between late ones.
        attempts: after how many an errand is dead, until somebody has it redelivered.
        jitter: gives 0–1; a pause is shortened by up to half, so that not all come at once.
    """

    first: timedelta = timedelta(seconds=5)
    longest: timedelta = timedelta(hours=1)
    attempts: int = 128
    jitter: Callable[[], float] = field(default=secrets.SystemRandom().random, repr=False)

    def pause(self, attempts: int) -> timedelta:
        """The pause after so many attempts."""
        whole = min(self.longest, self.first * (1 << min(attempts - 1, 30)))
        return whole * (1 - self.jitter() / 2)


PATIENT = Patience()


@dataclass(slots=True)
class Deliveries:
    """How many errands of a round came to which end."""

    delivered: int = 0
    failed: int = 0
    dead: int = 0


@dataclass(frozen=True, slots=True)
class Claim:
    """An errand that this process has to run, and for the time of the lease no other."""

    row: int
    lease: str


@dataclass(frozen=True, slots=True)
class Outcome:
    state: Delivery
    reason: str = ""
    reference: str = ""


def deliver_due(
    sessions: sessionmaker[Session],
    case_system: CaseSystem,
    *,
    clock: Clock,
    vault: Vault,
    limit: int = 50,
    patience: Patience = PATIENT,
    publish: Publish = nobody,
) -> Deliveries:
    """Delivers what is due, at most ``limit`` errands, with short transactions of its own.

    Args:
        publish: as everywhere called inside a transaction.
    """
    counts = Deliveries()
    for _ in range(limit):
        claim = claim_next(sessions, clock())
        if claim is None:
            break
        outcome = run(sessions, claim, case_system, vault)
        match settle(sessions, claim, outcome, clock(), patience, publish):
            case Delivery.DELIVERED:
                counts.delivered += 1
            case Delivery.FAILED:
                counts.failed += 1
            case Delivery.DEAD:
                counts.dead += 1
    return counts


def claim_next(sessions: sessionmaker[Session], now: datetime) -> Claim | None:
    """Takes the errand that has been due longest; None: nothing is due."""
    with sessions.begin() as session:
        row = session.scalar(due_next(now))
        if row is None:
            return None
        row.state = Delivery.DELIVERING
        row.attempts += 1
        row.lease = secrets.token_hex(16)
        row.leased_until = now + LEASE
        return Claim(row.id, row.lease)


def due_next(now: datetime) -> Select[OutboxRow]:
    earlier = aliased(OutboxRow)
    held_up = exists().where(
        earlier.ticket_id == OutboxRow.ticket_id,
        earlier.id < OutboxRow.id,
        or_(
            earlier.state.not_in([Delivery.DELIVERED, Delivery.DEAD]),
            and_(earlier.errand == Errand.SUBMIT, earlier.state == Delivery.DEAD),
        ),
    )
    ready = and_(
        OutboxRow.state.in_([Delivery.PENDING, Delivery.FAILED]), OutboxRow.next_try <= now
    )
    abandoned = and_(OutboxRow.state == Delivery.DELIVERING, OutboxRow.leased_until <= now)
    return (
        select(OutboxRow)
        .where(or_(ready, abandoned), ~held_up)
        .order_by(OutboxRow.next_try, OutboxRow.id)
        .limit(1)
        .with_for_update(of=OutboxRow, skip_locked=True)
    )


def run(
    sessions: sessionmaker[Session], claim: Claim, case_system: CaseSystem, vault: Vault
) -> Outcome:
    """Calls the case system, outside any transaction; whatever goes wrong is an outcome."""
    try:
        with sessions.begin() as session:
            row = session.get_one(OutboxRow, claim.row)
            errand, reference = row.errand, Reference(row.ticket.reference)
            note = note_of(row, vault)
        if errand is Errand.SUBMIT:
            reference = case_system.submit(note.case)
        else:
            case_system.note(reference, note)
    except Rejected as fault:
        return Outcome(Delivery.DEAD, str(fault))
    except Unavailable as fault:
        return Outcome(Delivery.FAILED, str(fault))
    except Exception as fault:  # the reason is kept with the errand, for an operator to see
        log.error("outbox: errand %d failed: %s", claim.row, type(fault).__name__)
        return Outcome(Delivery.FAILED, type(fault).__name__)
    return Outcome(Delivery.DELIVERED, reference=reference.id)


def settle(
    sessions: sessionmaker[Session],
    claim: Claim,
    outcome: Outcome,
    now: datetime,
    patience: Patience,
    publish: Publish,
) -> Delivery | None:
    """Writes down the outcome; None: the lease had run out and another process took over."""
    with sessions.begin() as session:
        row = session.scalar(
            select(OutboxRow)
            .where(OutboxRow.id == claim.row, OutboxRow.lease == claim.lease)
            .with_for_update(of=OutboxRow)
        )
        if row is None:
            return None
        row.state, row.reason, row.lease, row.leased_until = outcome.state, outcome.reason, "", None
        if row.state is Delivery.FAILED:
            row.next_try = now + patience.pause(row.attempts)
            if row.attempts >= patience.attempts:
                row.state = Delivery.DEAD
        if row.state is Delivery.DELIVERED:
            row.delivered_at = now
        if row.state is Delivery.DELIVERED and row.errand is Errand.SUBMIT:
            row.ticket.reference = outcome.reference
            tell = EventKind.DELIVERED
        elif row.state is Delivery.DEAD:
            tell = EventKind.UNDELIVERABLE
        else:
            return row.state
        record(
            session,
            row.ticket,
            tell,
            now=now,
            actor=LINLI,
            publish=publish,
            text=outcome.reason,
        )
        return row.state


def note_of(row: OutboxRow, vault: Vault) -> CaseNote:
    return CaseNote(
        event=row.event_id,
        kind=row.event.kind,
        at=row.event.at,
        actor=row.event.actor,
        text=row.event.text,
        case=case_of(row.ticket, vault),
    )


def case_of(row: TicketRow, vault: Vault) -> Case:
    """The ticket as the case system may see it."""
    contact = Contact() if row.anonymous or row.confidential else open_contact(row, vault)
    return Case(
        number=row.number,
        kind=row.kind,
        category=row.category,
        title=row.title,
        description=row.description,
        expectation=row.expectation,
        happened=row.happened,
        address=row.address,
        contact_name=contact.name,
        contact_phone=contact.phone,
        anonymous=row.anonymous,
        confidential=row.confidential,
        attachments=tuple(row.attachments),
        channel=row.channel,
        urgency=row.urgency,
        incomplete=row.incomplete,
        handler=row.handler,
        status=row.status,
        filed_at=row.filed_at,
        accept_by=row.accept_by,
        resolve_by=row.resolve_by,
    )


def redeliver(session: Session, number: str, *, now: datetime) -> int:
    """Tries failed and dead errands of a ticket again from the start; how many there are.

    Raises:
        UnknownTicket: there is none of this number.
    """
    stuck = select(OutboxRow).where(
        OutboxRow.ticket_id == locked(session, number).id,
        OutboxRow.state.in_([Delivery.FAILED, Delivery.DEAD]),
    )
    rows = session.scalars(stuck.with_for_update(of=OutboxRow)).all()
    for row in rows:
        row.state, row.attempts, row.next_try = Delivery.PENDING, 0, now
    return len(rows)


def backlog(session: Session) -> dict[Delivery, int]:
    """How many errands are in each state; for the metrics and the dashboard."""
    rows = session.execute(select(OutboxRow.state, func.count()).group_by(OutboxRow.state))
    return {**dict.fromkeys(Delivery, 0), **{state: count for state, count in rows}}
