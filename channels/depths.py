"""How much waits on the way in and out, and how long platforms' tokens still hold."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from channels.metrics import INBOX, OLDEST, PASS_AGE, PASS_SECONDS_LEFT, QUEUE
from channels.tables import (
    InboundRow,
    InboundState,
    OutgoingRow,
    OutgoingState,
    PassRow,
    RecipientRow,
)

WAITING = tuple(state for state in OutgoingState if state is not OutgoingState.SENT)


def note_depths(session: Session, channels: Iterable[str], now: datetime) -> None:
    """Set the gauges to what the database has, for all processes together.

    Args:
        channels: those that are told of also where nothing waits.
    """
    channels = set(channels)
    unanswered = inbox(session)
    for channel in channels | unanswered.keys():
        count, oldest = unanswered.get(channel, (0, now))
        INBOX.labels(channel).set(count)
        OLDEST.labels(channel).set(max((now - oldest).total_seconds(), 0.0))
    unsent = outgoing(session)
    for channel in channels | {channel for channel, _ in unsent}:
        for state in WAITING:
            QUEUE.labels(channel, state.value).set(unsent.get((channel, state), 0))
    for account, renewed, expires in session.execute(
        select(PassRow.account, PassRow.renewed, PassRow.expires).where(PassRow.sealed != "")
    ):
        if renewed is not None:
            PASS_AGE.labels(account).set((now - renewed).total_seconds())
        PASS_SECONDS_LEFT.labels(account).set((expires - now).total_seconds())


def inbox(session: Session) -> dict[str, tuple[int, datetime]]:
    """By channel: how many messages are not answered yet, and when the oldest of them came."""
    found = session.execute(
        select(InboundRow.channel, func.count(), func.min(InboundRow.received))
        .where(InboundRow.state == InboundState.RECEIVED)
        .group_by(InboundRow.channel)
    )
    return {channel: (count, oldest) for channel, count, oldest in found}


def outgoing(session: Session) -> dict[tuple[str, OutgoingState], int]:
    """By channel and state: how many lines are not sent."""
    found = session.execute(
        select(RecipientRow.channel, OutgoingRow.state, func.count())
        .join(RecipientRow, RecipientRow.conversation == OutgoingRow.conversation)
        .where(OutgoingRow.state.in_(WAITING))
        .group_by(RecipientRow.channel, OutgoingRow.state)
    )
    return {(channel, OutgoingState(state)): count for channel, state, count in found}
