"""Messages that came in: written down once, answered once, in the order of their conversation.

Any number of processes may work on one inbox. A message is answered by the process that holds it;
one whose process has died is taken over when the hold has run out. A later message of the same
conversation waits until all before it are answered.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Exists, and_, bindparam, or_, select, update
from sqlalchemy.orm import Session, aliased

from actions.reply import Reply
from actions.turn import Said
from actions.vault import Vault
from channels.arrival import Arrival
from channels.hearing import said_in
from channels.outgoing import enqueue
from channels.recipients import note_recipient
from channels.tables import Base, Handed, InboundRow, InboundState, Late, TranscriptRow
from channels.transcript import LINLI, RESIDENT, line_up, lines_to, replies_to, write
from knowledge.inserting import prepared

HOLD = timedelta(seconds=4)
"""How long a message is held by a process that gives no further sign of life."""

REPEATS_WITHIN = timedelta(seconds=6)
"""A channel that repeats a message does so within this time; WeChat after 5 s."""

UNANSWERED = (
    select(InboundRow.id)
    .where(
        InboundRow.conversation == bindparam("of"),
        InboundRow.state == InboundState.RECEIVED,
    )
    .limit(1)
)
CAME_IN = prepared(InboundRow, lambda into: into.on_conflict_do_nothing().returning(InboundRow.id))
SAID = prepared(TranscriptRow, lambda into: into)
STANDING = (
    select(InboundRow.state, InboundRow.late, InboundRow.handed, InboundRow.delivered)
    .where(InboundRow.id == bindparam("id"))
    .with_for_update()
)
ENDED = (
    update(Base.metadata.tables[InboundRow.__tablename__])
    .where(InboundRow.id == bindparam("of"))
    .values(state=InboundState.ANSWERED, held_until=None)
)


@dataclass(frozen=True, slots=True)
class Recorded:
    """The record of an arrival: new, or the one of an earlier delivery of the same message.

    ``said`` is what the first delivery said; ``replies`` is None until it has been answered.
    ``ours``: the process that asked holds it now and has to answer it.
    """

    id: int
    channel: str
    account: str
    conversation: str
    is_new: bool
    said: Said
    replies: tuple[Reply, ...] | None
    ours: bool
    late: Late
    handed: Handed
    deliveries: int
    tries: int


def record_arrival(
    session: Session,
    arrival: Arrival,
    vault: Vault,
    now: datetime,
    owner: str,
    *,
    word: Reply | None = None,
) -> Recorded:
    """Write the message down, once, and hold it where its turn has come.

    A repeated one finds its record and, if any, its replies.

    Args:
        word: its answer, where there is to be no other; out of turn, in the same transaction.
    """
    line_up(session, arrival.conversation)
    ours = not session.scalar(UNANSWERED, {"of": arrival.conversation})
    handed = Handed.QUEUED if arrival.late is Late.SEND else Handed.OPEN
    values = {
        "channel": arrival.channel,
        "account": arrival.account,
        "external": arrival.external,
        "conversation": arrival.conversation,
        "state": InboundState.RECEIVED,
        "received": now,
        "late": arrival.late,
        "handed": handed,
        "owner": owner if ours else None,
        "held_until": now + HOLD if ours else None,
        "deliveries": 1,
        "delivered": now,
        "tries": int(ours),
    }
    new = session.scalar(CAME_IN(session), values)
    if new is None:
        known = find_arrival(session, arrival)
        known.deliveries += 1
        known.delivered = now
        return standing(session, known, vault, owner, now)
    content = {k: v for k, v in asdict(arrival.said).items() if v}
    said = {
        "conversation": arrival.conversation,
        "inbound": new,
        "speaker": RESIDENT,
        "sealed": vault.seal(json.dumps(content, ensure_ascii=False)),
        "at": now,
    }
    session.execute(SAID(session), said)
    note_recipient(session, arrival, vault, now)
    recorded = Recorded(
        id=new,
        channel=arrival.channel,
        account=arrival.account,
        conversation=arrival.conversation,
        is_new=True,
        said=arrival.said,
        replies=None,
        ours=ours,
        late=arrival.late,
        handed=handed,
        deliveries=1,
        tries=int(ours),
    )
    if word is None:
        return recorded
    about = (arrival.conversation, new, (word,), vault, now)
    replies, handed = record_replies(session, *about, awaited=True)
    return replace(recorded, replies=replies, handed=handed, ours=False)


def claim(session: Session, inbound: int, vault: Vault, owner: str, now: datetime) -> Recorded:
    """The record of a message, held by ``owner`` where its turn has come."""
    row = session.get_one(InboundRow, inbound)
    line_up(session, row.conversation)
    session.refresh(row)
    return standing(session, row, vault, owner, now)


def standing(
    session: Session, row: InboundRow, vault: Vault, owner: str, now: datetime
) -> Recorded:
    if row.state == InboundState.ANSWERED:
        return record_of(row, Said(""), replies=replies_to(session, row.id, vault))
    return record_of(row, said_in(session, row.id, vault), ours=hold(session, row, owner, now))


def record_of(
    row: InboundRow,
    said: Said,
    *,
    replies: tuple[Reply, ...] | None = None,
    ours: bool = False,
) -> Recorded:
    return Recorded(
        id=row.id,
        channel=row.channel,
        account=row.account,
        conversation=row.conversation,
        is_new=False,
        said=said,
        replies=replies,
        ours=ours,
        late=Late(row.late),
        handed=Handed(row.handed),
        deliveries=row.deliveries,
        tries=row.tries,
    )


def hold(session: Session, row: InboundRow, owner: str, now: datetime) -> bool:
    """Whether the message is ``owner``'s to answer now."""
    if row.owner != owner and row.held_until is not None and row.held_until > now:
        return False
    if session.scalar(select(others_before(InboundRow, now)).where(InboundRow.id == row.id)):
        return False
    if row.owner != owner:
        row.tries += 1
    row.owner, row.held_until = owner, now + HOLD
    return True


def others_before(row: type[InboundRow], now: datetime) -> Exists:
    """Whether another message of the conversation has to be answered before ``row``."""
    other = aliased(InboundRow)
    return (
        select(other.id)
        .where(
            other.conversation == row.conversation,
            other.state == InboundState.RECEIVED,
            other.id != row.id,
            or_(other.id < row.id, other.held_until > now),
        )
        .exists()
    )


def unhindered(
    session: Session, inbounds: Sequence[int], owner: str, now: datetime
) -> Sequence[int]:
    """Of these messages, those that are answered, or could be held by ``owner`` now."""
    free = or_(
        InboundRow.owner == owner, InboundRow.held_until.is_(None), InboundRow.held_until <= now
    )
    return session.scalars(
        select(InboundRow.id).where(
            InboundRow.id.in_(inbounds),
            or_(
                InboundRow.state == InboundState.ANSWERED,
                and_(free, ~others_before(InboundRow, now)),
            ),
        )
    ).all()


def hold_on(session: Session, inbounds: Sequence[int], owner: str, now: datetime) -> None:
    """A sign of life: the messages stay with their process."""
    session.execute(
        update(InboundRow)
        .where(InboundRow.id.in_(inbounds), InboundRow.owner == owner)
        .values(held_until=now + HOLD)
    )


def abandoned(session: Session, now: datetime, limit: int = 20) -> Sequence[int]:
    """Messages that nobody holds, the oldest of each conversation first."""
    return session.scalars(
        select(InboundRow.id)
        .where(
            InboundRow.state == InboundState.RECEIVED,
            or_(InboundRow.held_until.is_(None), InboundRow.held_until <= now),
            InboundRow.received <= now - HOLD,
        )
        .order_by(InboundRow.id)
        .limit(limit)
    ).all()


def record_replies(
    session: Session,
    conversation: str,
    inbound: int,
    replies: Sequence[Reply],
    vault: Vault,
    now: datetime,
    *,
    awaited: bool,
) -> tuple[tuple[Reply, ...], Handed]:
    """Write what was answered, and that it was; the answer that stands, and how it goes out.

    A message is answered once: a second answer is dropped, and the first given back.

    Args:
        awaited: whether somebody waits for it in this process.
    """
    line_up(session, conversation)
    found = session.execute(STANDING, {"id": inbound}).one()
    handed = Handed(found.handed)
    if found.state == InboundState.ANSWERED:
        return replies_to(session, inbound, vault), handed
    lines = [
        write(session, conversation, inbound, LINLI, reply.to_json(), vault, now)
        for reply in replies
    ]
    if handed is Handed.OPEN:
        handed = handing(Late(found.late), now - found.delivered, awaited=awaited)
    session.execute(ENDED, {"of": inbound, "answered": now, "handed": handed})
    if handed is Handed.QUEUED:
        enqueue(session, lines, now)
    return tuple(replies), handed


def handing(late: Late, since: timedelta, *, awaited: bool) -> Handed:
    """How an answer goes out, ``since`` its message last came in."""
    if late is Late.SEND:
        return Handed.QUEUED
    if awaited or late is Late.WAIT:
        return Handed.GIVEN
    if late is Late.PUSH and since > REPEATS_WITHIN:
        return Handed.QUEUED
    return Handed.OPEN


def stop_waiting(session: Session, inbound: int, handed: Handed) -> bool:
    """Nobody waits for the answer any more; False where it is there already."""
    changed = session.execute(
        update(InboundRow)
        .where(
            InboundRow.id == inbound,
            InboundRow.state == InboundState.RECEIVED,
            InboundRow.handed == Handed.OPEN,
        )
        .values(handed=handed)
    )
    return bool(changed.rowcount)  # type: ignore[attr-defined]


def take_along(session: Session, inbound: int) -> bool:
    """A request takes the answer with it; False where it goes out another way already."""
    changed = session.execute(
        update(InboundRow)
        .where(
            InboundRow.id == inbound,
            InboundRow.state == InboundState.ANSWERED,
            InboundRow.handed.in_((Handed.OPEN, Handed.GIVEN)),
        )
        .values(handed=Handed.GIVEN)
    )
    return bool(changed.rowcount)  # type: ignore[attr-defined]


def queue_unfetched(session: Session, now: datetime, limit: int = 50) -> int:
    """Answers that no repeat came for go out by writing first; how many."""
    rows = session.scalars(
        select(InboundRow)
        .where(
            InboundRow.handed == Handed.OPEN,
            InboundRow.state == InboundState.ANSWERED,
            InboundRow.late == Late.PUSH,
            InboundRow.delivered < now - REPEATS_WITHIN,
        )
        .order_by(InboundRow.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        row.handed = Handed.QUEUED
        enqueue(session, lines_to(session, row.id), now)
    return len(rows)


def settle_debts(
    session: Session, conversation: str, vault: Vault, now: datetime
) -> tuple[Reply, ...]:
    """Answers that could not be given in time on a channel that may not write first."""
    rows = session.scalars(
        select(InboundRow)
        .where(
            InboundRow.conversation == conversation,
            InboundRow.state == InboundState.ANSWERED,
            InboundRow.late == Late.OWE,
            InboundRow.handed.in_((Handed.OWED, Handed.OPEN)),
            or_(InboundRow.handed == Handed.OWED, InboundRow.delivered < now - REPEATS_WITHIN),
        )
        .order_by(InboundRow.id)
        .with_for_update()
    ).all()
    replies: list[Reply] = []
    for row in rows:
        row.handed = Handed.GIVEN
        replies += replies_to(session, row.id, vault)
    return tuple(replies)


def find_arrival(session: Session, arrival: Arrival) -> InboundRow:
    return session.scalars(
        select(InboundRow).where(
            InboundRow.channel == arrival.channel,
            InboundRow.account == arrival.account,
            InboundRow.external == arrival.external,
        )
    ).one()
