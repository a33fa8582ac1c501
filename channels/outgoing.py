"""The queue of what goes out by writing first: late answers, news of tickets, words of a person.

A line is sent when all before it in its conversation have been sent or given up. Each row carries
its state, its failures, the reason of the last one and when it is tried again.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import takewhile

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from actions.reply import Reply
from actions.vault import Vault
from channels.recipients import Recipient, find_recipient
from channels.tables import OutgoingRow, OutgoingState, TranscriptRow
from channels.transcript import LINLI, OPERATOR, reply_of, write

SENDING_WITHIN = timedelta(seconds=30)
"""A row that has been on its way longer belongs to a process that died; it is sent again."""

PAUSES = tuple(timedelta(seconds=s) for s in (1, 5, 30, 120, 600, 1800, 7200, 21600))
"""How long after the first, second … failure a row is tried again; after the last it is dead."""


TOGETHER = 6
"""Answers in one message at most, where a channel counts messages."""


SAID_NO = frozenset({"ApiError"})
"""Failures after which the platform has certainly not taken the line."""


@dataclass(frozen=True, slots=True)
class Key:
    """Names a line to a platform that drops repeats.

    ``again``: it may have been taken already; whoever sent it died, or the network broke, before
    that was known.
    """

    text: str
    again: bool = False


@dataclass(frozen=True, slots=True)
class Errand:
    """A line to be sent, and to whom; ``inbound`` is the message it answers, if any.

    ``along`` are lines that go in one message with it.
    """

    id: int
    conversation: str
    reply: Reply = field(repr=False)
    recipient: Recipient | None
    inbound: int | None
    key: Key
    along: tuple[int, ...] = ()


def enqueue(session: Session, lines: Sequence[TranscriptRow], now: datetime) -> None:
    """Put lines of a transcript into the queue, in their order."""
    session.flush()
    for line in lines:
        session.add(
            OutgoingRow(
                conversation=line.conversation,
                line=line.id,
                state=OutgoingState.PENDING,
                failures=0,
                reason="",
                next_try=now,
                created=now,
            )
        )


def tell(
    session: Session,
    conversation: str,
    reply: Reply,
    vault: Vault,
    now: datetime,
    *,
    operator: str = "",
) -> TranscriptRow:
    """Say something unasked, such as news of a ticket: into the transcript, and out.

    Args:
        operator: the name of the person whose words they are; empty: Linli's own.
    """
    content = {**reply.to_json(), **({"by": operator} if operator else {})}
    speaker = OPERATOR if operator else LINLI
    line = write(session, conversation, None, speaker, content, vault, now)
    recipient = find_recipient(session, conversation, vault)
    if recipient is not None and recipient.reachable:
        enqueue(session, [line], now)
    return line


def take_due(
    session: Session,
    owner: str,
    vault: Vault,
    now: datetime,
    limit: int = 20,
    joining: Collection[str] = (),
) -> list[Errand]:
    """Rows whose time and turn have come, now on their way by ``owner``.

    Args:
        joining: channels that count messages; there answers that wait go out as one.
    """
    earlier = aliased(OutgoingRow)
    waits_for_another = (
        select(earlier.id)
        .where(
            earlier.conversation == OutgoingRow.conversation,
            earlier.id < OutgoingRow.id,
            earlier.state.in_((OutgoingState.PENDING, OutgoingState.SENDING)),
        )
        .exists()
    )
    rows = session.scalars(
        select(OutgoingRow)
        .where(
            OutgoingRow.state.in_((OutgoingState.PENDING, OutgoingState.SENDING)),
            OutgoingRow.next_try <= now,
            ~waits_for_another,
        )
        .order_by(OutgoingRow.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    errands = []
    for row in rows:
        to = find_recipient(session, row.conversation, vault)
        line = session.get_one(TranscriptRow, row.line)
        together, again = [(row, line)], may_be_taken(row)
        if to is not None and to.channel in joining and line.inbound is not None:
            together += answers_behind(session, row, now)
        for one, _ in together:
            one.state, one.owner, one.next_try = OutgoingState.SENDING, owner, now + SENDING_WITHIN
        errands.append(
            Errand(
                row.id,
                row.conversation,
                Reply.of([reply_of(line, vault) for _, line in together]),
                to,
                inbound=together[-1][1].inbound,
                key=Key(key_of(row, vault), again),
                along=tuple(one.id for one, _ in together[1:]),
            )
        )
    return errands


def answers_behind(
    session: Session, first: OutgoingRow, now: datetime
) -> list[tuple[OutgoingRow, TranscriptRow]]:
    """Answers that wait right behind a line, as many as go into one message with it.

    What may have been taken goes with what went with it then, and with nothing else.
    """
    again = may_be_taken(first)
    found = session.execute(
        select(OutgoingRow, TranscriptRow)
        .join(TranscriptRow, OutgoingRow.line == TranscriptRow.id)
        .where(
            OutgoingRow.conversation == first.conversation,
            OutgoingRow.id > first.id,
            OutgoingRow.state.in_((OutgoingState.PENDING, OutgoingState.SENDING)),
        )
        .order_by(OutgoingRow.id)
        .limit(TOGETHER - 1)
    )
    waiting = [(row, line) for row, line in found]

    def joins(row: OutgoingRow, line: TranscriptRow) -> bool:
        return row.next_try <= now and line.inbound is not None and may_be_taken(row) == again

    return list(takewhile(lambda pair: joins(*pair), waiting))


def may_be_taken(row: OutgoingRow) -> bool:
    """Whether it was on its way before, and nobody knows how that ended."""
    if row.state == OutgoingState.SENDING:
        return True
    return bool(row.failures) and row.reason not in SAID_NO


def key_of(row: OutgoingRow, vault: Vault) -> str:
    """At most 32 letters, digits and hyphens; another database has other ones."""
    return f"{row.id}-{vault.pseudonym(f'{row.id}/{row.created.isoformat()}')}"[:32]


def find_sent(session: Session, key: str, vault: Vault) -> Sequence[OutgoingRow]:
    """The lines that were sent under a key, in one message; none where it is none of ours."""
    number = key.partition("-")[0]
    row = session.get(OutgoingRow, int(number)) if number.isdecimal() else None
    if row is None or row.state != OutgoingState.SENT or key_of(row, vault) != key:
        return ()
    return session.scalars(
        select(OutgoingRow)
        .where(
            OutgoingRow.conversation == row.conversation,
            OutgoingRow.id >= row.id,
            OutgoingRow.state == OutgoingState.SENT,
            OutgoingRow.ended == row.ended,  # lines that go along are noted at one moment
        )
        .order_by(OutgoingRow.id)
    ).all()


def put_back(
    session: Session, row: OutgoingRow, reason: str, now: datetime, *, after: timedelta
) -> None:
    """A line that had been sent did not arrive: it goes out again, under a key of its own."""
    line, conversation = row.line, row.conversation
    session.delete(row)
    session.flush()
    session.add(
        OutgoingRow(
            conversation=conversation,
            line=line,
            state=OutgoingState.PENDING,
            failures=0,
            reason=reason[:200],
            next_try=now + after,
            created=now,
        )
    )


def note_sent(session: Session, errand: int, now: datetime) -> None:
    row = session.get_one(OutgoingRow, errand)
    row.state, row.reason, row.ended = OutgoingState.SENT, "", now


def note_failure(
    session: Session, errand: int, reason: str, now: datetime, *, after: timedelta | None = None
) -> OutgoingState:
    """A row that could not be sent is tried again later, until it has failed too often.

    Args:
        after: when the channel itself says how long to wait; such a wait is no failure.
    """
    row = session.get_one(OutgoingRow, errand)
    row.reason = reason[:200]
    if after is not None:
        row.state, row.next_try = OutgoingState.PENDING, now + after
        return OutgoingState.PENDING
    row.failures += 1
    if row.failures > len(PAUSES):
        return give_up(session, errand, reason, now)
    row.state, row.next_try = OutgoingState.PENDING, now + PAUSES[row.failures - 1]
    return OutgoingState.PENDING


def give_up(session: Session, errand: int, reason: str, now: datetime) -> OutgoingState:
    row = session.get_one(OutgoingRow, errand)
    row.state, row.reason, row.ended = OutgoingState.DEAD, reason[:200], now
    return OutgoingState.DEAD
