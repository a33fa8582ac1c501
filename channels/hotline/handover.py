"""A conversation handed over to a person: its states, and the changes that are allowed.

A conversation has one open handover at most, whatever is repeated and however many processes
work. Every change is written with its time and who made it.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from actions.vault import Vault
from channels.hotline.tables import HandoverEventRow, HandoverRow

RESIDENT = "resident"
LINLI = "linli"


class State(StrEnum):
    WAITING = "waiting"
    TAKEN = "taken"
    CLOSED = "closed"


class Reason(StrEnum):
    ASKED = "asked"
    FAILURES = "failures"
    RULE = "rule"


class Ending(StrEnum):
    """How a handover ended: handed back or settled by its operator; by the resident, who would
    not wait or wanted a ticket instead; because nobody came in time or the desk closed; because
    the operator left the resident without an answer, or both had nothing more to say."""

    BACK = "back"
    SETTLED = "settled"
    CANCELLED = "cancelled"
    TICKET = "ticket"
    NOBODY = "nobody"
    OFF_HOURS = "off_hours"
    ABANDONED = "abandoned"
    SILENCE = "silence"


class Step(StrEnum):
    BEGAN = "began"
    NOTED = "noted"
    URGENT = "urgent"
    TAKEN = "taken"
    REPLIED = "replied"
    FILED = "filed"
    ENDED = "ended"


CHANGES: Mapping[State, frozenset[State]] = MappingProxyType(
    {
        State.WAITING: frozenset({State.TAKEN, State.CLOSED}),
        State.TAKEN: frozenset({State.CLOSED}),
        State.CLOSED: frozenset(),
    }
)


class HandoverError(Exception):
    """What was asked for cannot be done now; one line for operators, in Chinese."""


class NoHandover(HandoverError):
    """There is none of this number."""


@dataclass(frozen=True, slots=True)
class Handover:
    """``summary`` is what was wanted when it began (``channels.hotline.summary``)."""

    id: int
    conversation: str
    channel: str
    inbound: int
    state: State
    reason: Reason
    urgent: bool
    summary: Mapping[str, Any] = field(repr=False)
    since: datetime
    taken: datetime | None
    taken_by: str | None
    closed: datetime | None
    closed_by: str | None
    ending: Ending | None


@dataclass(frozen=True, slots=True)
class HandoverEvent:
    step: Step
    by: str
    at: datetime
    line: int | None


def begin(
    session: Session,
    conversation: str,
    *,
    channel: str,
    inbound: int,
    reason: Reason,
    summary: Mapping[str, Any],
    vault: Vault,
    now: datetime,
) -> HandoverRow:
    """A handover that waits; the open one where there is one already."""
    known = open_for(session, conversation)
    if known is not None:
        return known
    row = HandoverRow(
        conversation=conversation,
        open_for=conversation,
        channel=channel,
        inbound=inbound,
        state=State.WAITING,
        reason=reason,
        urgent=False,
        sealed=sealed(summary, vault),
        since=now,
        counted=False,
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        known = open_for(session, conversation)
        if known is None:
            raise
        return known
    note(session, row, Step.BEGAN, RESIDENT if reason is Reason.ASKED else LINLI, now)
    return row


def found(session: Session, number: int, vault: Vault) -> Handover:
    """A handover as it is now.

    Raises:
        NoHandover: there is none of this number.
    """
    row = session.get(HandoverRow, number, populate_existing=True)
    if row is None:
        raise NoHandover(f"没有 {number} 号会话")
    return opened(row, vault)


def sealed(summary: Mapping[str, Any], vault: Vault) -> str:
    return vault.seal(json.dumps(dict(summary), ensure_ascii=False))


OPEN = select(HandoverRow.id).where(HandoverRow.open_for == bindparam("of"))


def is_open_for(session: Session, conversation: str) -> bool:
    """Whether the conversation waits for a person or has one."""
    return session.scalar(OPEN, {"of": conversation}) is not None


def open_for(session: Session, conversation: str) -> HandoverRow | None:
    """The handover of a conversation that is not closed; nobody else changes it meanwhile."""
    return session.scalar(
        select(HandoverRow).where(HandoverRow.open_for == conversation).with_for_update()
    )


def locked(session: Session, number: int) -> HandoverRow:
    """A handover that nobody else changes until the transaction ends.

    Raises:
        NoHandover: there is none of this number.
    """
    row = session.get(HandoverRow, number, with_for_update=True, populate_existing=True)
    if row is None:
        raise NoHandover(f"没有 {number} 号会话")
    return row


def change(row: HandoverRow, to: State) -> None:
    if to not in CHANGES[State(row.state)]:
        raise HandoverError(f"{row.id} 号会话{ENDED if row.state == State.CLOSED else IN_HAND}")
    row.state = to


ENDED = "已经结束"
IN_HAND = "已经有人接待"


def take(session: Session, row: HandoverRow, by: str, now: datetime) -> bool:
    """Whether it was taken by this very call; taking again what one has changes nothing.

    Raises:
        HandoverError: somebody else has it, or it is closed.
    """
    if row.state == State.TAKEN and row.taken_by == by:
        return False
    if row.state == State.TAKEN:
        raise HandoverError(f"{row.id} 号会话由{row.taken_by}接待")
    change(row, State.TAKEN)
    row.taken, row.taken_by = now, by
    note(session, row, Step.TAKEN, by, now)
    return True


def end(session: Session, row: HandoverRow, ending: Ending, by: str, now: datetime) -> None:
    """Close it.

    Raises:
        HandoverError: it is closed.
    """
    change(row, State.CLOSED)
    row.closed, row.closed_by, row.ending, row.open_for = now, by, ending, None
    note(session, row, Step.ENDED, by, now)


def mark_urgent(session: Session, row: HandoverRow, now: datetime) -> None:
    """An emergency was told: it goes to the head of the queue."""
    if not row.urgent:
        row.urgent = True
        note(session, row, Step.URGENT, RESIDENT, now)


def note(
    session: Session,
    row: HandoverRow,
    step: Step,
    by: str,
    now: datetime,
    *,
    key: str | None = None,
    line: int | None = None,
) -> None:
    session.flush()
    session.add(HandoverEventRow(handover=row.id, kind=step, by=by, at=now, key=key, line=line))


def was_done(session: Session, row: HandoverRow, step: Step) -> bool:
    found = select(HandoverEventRow.id).where(
        HandoverEventRow.handover == row.id, HandoverEventRow.kind == step
    )
    return session.scalar(found.limit(1)) is not None


def line_of(session: Session, row: HandoverRow, key: str) -> int | None:
    """The line that was written under a key."""
    return session.scalar(
        select(HandoverEventRow.line).where(
            HandoverEventRow.handover == row.id, HandoverEventRow.key == key
        )
    )


def key_of(session: Session, row: HandoverRow, step: Step) -> str | None:
    """The key of a step that was done."""
    return session.scalar(
        select(HandoverEventRow.key).where(
            HandoverEventRow.handover == row.id, HandoverEventRow.kind == step
        )
    )


def position(session: Session, row: HandoverRow) -> int:
    """The place in the queue, from 1: what is urgent first, then who came first."""
    waiting = session.execute(
        select(HandoverRow.id)
        .where(HandoverRow.state == State.WAITING)
        .order_by(HandoverRow.urgent.desc(), HandoverRow.since, HandoverRow.id)
    )
    return next((n for n, (number,) in enumerate(waiting, 1) if number == row.id), 1)


def queue(session: Session, vault: Vault, *, limit: int = 200) -> list[Handover]:
    """Those that wait, in the order in which they should be taken, then those taken."""
    rows = session.scalars(
        select(HandoverRow)
        .where(HandoverRow.state.in_((State.WAITING, State.TAKEN)))
        .order_by(
            HandoverRow.state != State.WAITING,
            HandoverRow.urgent.desc(),
            HandoverRow.since,
            HandoverRow.id,
        )
        .limit(limit)
    )
    return [opened(row, vault) for row in rows]


def ended(session: Session, vault: Vault, *, limit: int = 50) -> list[Handover]:
    """Those that are closed, the last first."""
    rows = session.scalars(
        select(HandoverRow)
        .where(HandoverRow.state == State.CLOSED)
        .order_by(HandoverRow.closed.desc(), HandoverRow.id.desc())
        .limit(limit)
    )
    return [opened(row, vault) for row in rows]


def events(session: Session, number: int) -> Sequence[HandoverEvent]:
    rows = session.scalars(
        select(HandoverEventRow)
        .where(HandoverEventRow.handover == number)
        .order_by(HandoverEventRow.id)
    )
    return [HandoverEvent(Step(row.kind), row.by, row.at, row.line) for row in rows]


def counts(session: Session) -> dict[State, int]:
    """How many wait, and how many are taken."""
    found = session.execute(
        select(HandoverRow.state, func.count())
        .where(HandoverRow.state != State.CLOSED)
        .group_by(HandoverRow.state)
    )
    known = {State(state): count for state, count in found}
    return {state: known.get(state, 0) for state in (State.WAITING, State.TAKEN)}


def opened(row: HandoverRow, vault: Vault) -> Handover:
    return Handover(
        id=row.id,
        conversation=row.conversation,
        channel=row.channel,
        inbound=row.inbound,
        state=State(row.state),
        reason=Reason(row.reason),
        urgent=row.urgent,
        summary=json.loads(vault.open(row.sealed)),
        since=row.since,
        taken=row.taken,
        taken_by=row.taken_by,
        closed=row.closed,
        closed_by=row.closed_by,
        ending=Ending(row.ending) if row.ending else None,
    )
