"""The record of every conversation: what was said, both ways, sealed at rest."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from actions.reply import Reply
from actions.vault import Vault
from channels.tables import InboundRow, TranscriptRow

RESIDENT = "resident"
LINLI = "linli"
OPERATOR = "operator"

IN_LINE = text("SELECT pg_advisory_xact_lock(hashtextextended(:conversation, 0))")


@dataclass(frozen=True, slots=True)
class Spoken:
    """A line of a transcript. ``external`` is None for what was said unasked."""

    id: int
    speaker: str
    content: dict[str, Any]
    external: str | None
    at: datetime


def write(
    session: Session,
    conversation: str,
    inbound: int | None,
    speaker: str,
    content: dict[str, Any],
    vault: Vault,
    now: datetime,
) -> TranscriptRow:
    """Add a line; ``inbound`` is the message it belongs to, None for what is said unasked.

    The lines of a conversation become visible in the order of their numbers.
    """
    line_up(session, conversation)
    row = TranscriptRow(
        conversation=conversation,
        inbound=inbound,
        speaker=speaker,
        sealed=vault.seal(json.dumps(content, ensure_ascii=False)),
        at=now,
    )
    session.add(row)
    return row


def line_up(session: Session, conversation: str) -> None:
    """One transaction at a time for a conversation; SQLite's writers take turns anyway."""
    if session.get_bind().dialect.name != "postgresql":
        return
    # Undone with the savepoint that it was taken in.
    place = (session.get_nested_transaction() or session.get_transaction(), conversation)
    if session.info.get("in_line") != place:
        session.execute(IN_LINE, {"conversation": conversation})
        session.info["in_line"] = place


def lines_to(session: Session, inbound: int) -> Sequence[TranscriptRow]:
    """What was answered to a message, in order."""
    return session.scalars(
        select(TranscriptRow)
        .where(TranscriptRow.inbound == inbound, TranscriptRow.speaker == LINLI)
        .order_by(TranscriptRow.id)
    ).all()


def replies_to(session: Session, inbound: int, vault: Vault) -> tuple[Reply, ...]:
    return tuple(reply_of(row, vault) for row in lines_to(session, inbound))


def reply_of(row: TranscriptRow, vault: Vault) -> Reply:
    return Reply.from_json(json.loads(vault.open(row.sealed)))


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
