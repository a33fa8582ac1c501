"""The record of every conversation: written before anything else happens, sealed at rest."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from actions.reply import Reply
from actions.turn import Location, Said
from actions.vault import Vault
from channels.tables import InboundRow, InboundState, TranscriptRow

RESIDENT = "resident"
LINLI = "linli"


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message as a channel hands it over: whose, which, and what was said.

    ``external`` is the channel's own number of the message, unique within the account.
    """

    channel: str
    account: str
    external: str
    conversation: str
    said: Said


@dataclass(frozen=True, slots=True)
class Recorded:
    """The record of an arrival: new, or the one of an earlier delivery of the same message.

    ``said`` is what the first delivery said; ``replies`` is None until it has been answered.
    """

    id: int
    is_new: bool
    said: Said
    replies: tuple[Reply, ...] | None


@dataclass(frozen=True, slots=True)
class Spoken:
    """A line of a transcript. ``external`` is None for what was said unasked."""

    id: int
    speaker: str
    content: dict[str, Any]
    external: str | None
    at: datetime


def record_arrival(session: Session, arrival: Arrival, vault: Vault, now: datetime) -> Recorded:
    """Write the message down, once; a repeated one finds its record and, if any, its replies."""
    known = find_arrival(session, arrival)
    if known is None:
        row = InboundRow(
            channel=arrival.channel,
            account=arrival.account,
            external=arrival.external,
            conversation=arrival.conversation,
            state=InboundState.RECEIVED,
            received=now,
        )
        try:
            with session.begin_nested():
                session.add(row)
        except IntegrityError:
            known = find_arrival(session, arrival)
            if known is None:
                raise
        else:
            content = {k: v for k, v in asdict(arrival.said).items() if v}
            write(session, arrival.conversation, row.id, RESIDENT, content, vault, now)
            return Recorded(row.id, True, arrival.said, None)
    said = recall(session, known.id, vault)
    if said is not None:
        return Recorded(known.id, False, said, None)
    return Recorded(known.id, False, arrival.said, replies_to(session, known.id, vault))


def find_arrival(session: Session, arrival: Arrival) -> InboundRow | None:
    return session.scalar(
        select(InboundRow).where(
            InboundRow.channel == arrival.channel,
            InboundRow.account == arrival.account,
            InboundRow.external == arrival.external,
        )
    )


def record_replies(
    session: Session, inbound: int, replies: Sequence[Reply], vault: Vault, now: datetime
) -> tuple[Reply, ...]:
    """Write what was answered, and that it was; the answer that stands.

    A message is answered once: a second answer is dropped, and the first given back.
    """
    row = session.get_one(InboundRow, inbound, with_for_update=True)
    if row.state == InboundState.ANSWERED:
        return replies_to(session, inbound, vault)
    for reply in replies:
        write(session, row.conversation, inbound, LINLI, reply.to_json(), vault, now)
    row.state, row.answered = InboundState.ANSWERED, now
    return tuple(replies)


def record_unasked(
    session: Session, conversation: str, reply: Reply, vault: Vault, now: datetime
) -> None:
    """Write something said without being asked, such as news of a ticket."""
    write(session, conversation, None, LINLI, reply.to_json(), vault, now)


def write(
    session: Session,
    conversation: str,
    inbound: int | None,
    speaker: str,
    content: dict[str, Any],
    vault: Vault,
    now: datetime,
) -> None:
    session.add(
        TranscriptRow(
            conversation=conversation,
            inbound=inbound,
            speaker=speaker,
            sealed=vault.seal(json.dumps(content, ensure_ascii=False)),
            at=now,
        )
    )


def replies_to(session: Session, inbound: int, vault: Vault) -> tuple[Reply, ...]:
    rows = session.scalars(
        select(TranscriptRow)
        .where(TranscriptRow.inbound == inbound, TranscriptRow.speaker == LINLI)
        .order_by(TranscriptRow.id)
    )
    return tuple(Reply.from_json(json.loads(vault.open(row.sealed))) for row in rows)


def recall(session: Session, inbound: int, vault: Vault) -> Said | None:
    """What the resident said in a message; None where it has been answered already.

    Raises:
        LookupError: there is no such message.
    """
    found = session.execute(
        select(TranscriptRow, InboundRow.state)
        .join(InboundRow, TranscriptRow.inbound == InboundRow.id)
        .where(TranscriptRow.inbound == inbound, TranscriptRow.speaker == RESIDENT)
    ).first()
    if found is None:
        raise LookupError(f"no message {inbound}")
    row, state = found
    if state == InboundState.ANSWERED:
        return None
    content = json.loads(vault.open(row.sealed))
    location = content.get("location")
    return Said(
        text=content.get("text", ""),
        location=Location(**location) if location else None,
        images=tuple(content.get("images", ())),
    )


def transcript(
    session: Session, conversation: str, vault: Vault, *, after: int = 0, limit: int = 100
) -> list[Spoken]:
    """What was said in a conversation, oldest first, from behind line ``after``."""
    rows = session.execute(
        select(TranscriptRow, InboundRow.external)
        .outerjoin(InboundRow, TranscriptRow.inbound == InboundRow.id)
        .where(TranscriptRow.conversation == conversation, TranscriptRow.id > after)
        .order_by(TranscriptRow.id)
        .limit(limit)
    )
    return [
        Spoken(row.id, row.speaker, json.loads(vault.open(row.sealed)), external, row.at)
        for row, external in rows
    ]
