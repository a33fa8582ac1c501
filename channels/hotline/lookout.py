"""Nobody is left waiting: those who wait too long, or whose operator has gone, are told."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from channels.hotline.desk import Desk, close
from channels.hotline.handover import LINLI, Ending, HandoverError, State, counts, locked
from channels.hotline.tables import HandoverRow
from channels.metrics import HANDED_OVER, TAKEN_AFTER
from channels.outgoing import tell
from channels.tables import TranscriptRow
from channels.transcript import OPERATOR, RESIDENT

logger = logging.getLogger(__name__)

LOOKS_EVERY = 2.0
"""Seconds."""


async def keep_lookout(desk: Desk, call_courier: Callable[[], None]) -> None:
    """Look, for ever; any number of processes may do so."""
    while True:
        try:
            if await asyncio.to_thread(look_once, desk):
                call_courier()
        except SQLAlchemyError as error:
            logger.error("the desk's queue cannot be read: %s", type(error).__name__)
        await asyncio.sleep(LOOKS_EVERY)


def look_once(desk: Desk) -> int:
    """End what nobody attends to, count what was taken; how many were ended."""
    with desk.means.reading() as session:
        for state, count in counts(session).items():
            HANDED_OVER.labels(state.value).set(count)
        uncounted = session.scalars(
            select(HandoverRow.id).where(
                HandoverRow.taken.is_not(None), HandoverRow.counted.is_(False)
            )
        ).all()
        due = [row.id for row in open_ones(session) if ending_of(session, row, desk) is not None]
    for number in uncounted:
        count_wait(number, desk)
    return sum(end_one(number, desk) for number in due)


def open_ones(session: Session) -> list[HandoverRow]:
    return list(session.scalars(select(HandoverRow).where(HandoverRow.open_for.is_not(None))))


def ending_of(session: Session, row: HandoverRow, desk: Desk) -> Ending | None:
    """How it must end now; None: it goes on."""
    now = desk.means.clock()
    if row.state == State.WAITING:
        if desk.hours.shifts and not desk.hours.is_open(now):
            return Ending.OFF_HOURS
        in_vain = not desk.hours.shifts or now - row.since > desk.waits_at_most
        return Ending.NOBODY if in_vain else None
    speaker, at = last_line(session, row)
    if row.taken is None or now - max(at, row.taken) <= desk.silent_after:
        return None
    return Ending.ABANDONED if speaker == RESIDENT else Ending.SILENCE


def last_line(session: Session, row: HandoverRow) -> tuple[str, datetime]:
    """Who of the two spoke last, and when."""
    last = select(func.max(TranscriptRow.id)).where(
        TranscriptRow.conversation == row.conversation,
        TranscriptRow.speaker.in_((RESIDENT, OPERATOR)),
    )
    found = session.execute(
        select(TranscriptRow.speaker, TranscriptRow.at).where(
            TranscriptRow.id == last.scalar_subquery()
        )
    ).first()
    return (found[0], found[1]) if found else ("", row.since)


def end_one(number: int, desk: Desk) -> bool:
    """End it and tell the resident, unless that has come about otherwise in the meantime."""
    with desk.means.sessions.begin() as session:
        try:
            row = locked(session, number)
        except HandoverError:
            return False
        ending = ending_of(session, row, desk) if row.open_for else None
        if ending is None:
            return False
        now = desk.means.clock()
        reply = close(session, row, ending, LINLI, desk, now)
        tell(session, row.conversation, reply, desk.means.vault, now)
        return True


def count_wait(number: int, desk: Desk) -> None:
    """Count the seconds until it was taken, in one process only."""
    with desk.means.sessions.begin() as session:
        changed = session.execute(
            update(HandoverRow)
            .where(HandoverRow.id == number, HandoverRow.counted.is_(False))
            .values(counted=True)
        )
        if not changed.rowcount:  # type: ignore[attr-defined]
            return
        row = session.get_one(HandoverRow, number)
    if row.taken is not None:
        TAKEN_AFTER.observe((row.taken - row.since).total_seconds())
