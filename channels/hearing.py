"""What a resident said in a message, read back from the record."""

import json
from collections.abc import Sequence

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from actions.turn import Location, Said
from actions.vault import Vault
from channels.tables import InboundRow, InboundState, TranscriptRow
from channels.transcript import RESIDENT

SAID = (
    select(TranscriptRow.sealed, InboundRow.state)
    .join(InboundRow, TranscriptRow.inbound == InboundRow.id)
    .where(TranscriptRow.inbound == bindparam("inbound"), TranscriptRow.speaker == RESIDENT)
)


def recall(session: Session, inbound: int, vault: Vault) -> Said | None:
    """What the resident said in a message; None where it has been answered already.

    Raises:
        LookupError: there is no such message.
    """
    found = session.execute(SAID, {"inbound": inbound}).first()
    if found is None:
        raise LookupError(f"no message {inbound}")
    sealed, state = found
    return None if state == InboundState.ANSWERED else opened(sealed, vault)


def said_in(session: Session, inbound: int, vault: Vault) -> Said:
    sealed = session.scalars(
        select(TranscriptRow.sealed).where(
            TranscriptRow.inbound == inbound, TranscriptRow.speaker == RESIDENT
        )
    ).one()
    return opened(sealed, vault)


def opened(sealed: str, vault: Vault) -> Said:
    content = json.loads(vault.open(sealed))
    location = content.get("location")
    return Said(
        text=content.get("text", ""),
        location=Location(**location) if location else None,
        images=tuple(content.get("images", ())),
        spoken=content.get("spoken", False),
        media=tuple(content.get("media", ())),
        notice=content.get("notice", ""),
        edited=content.get("edited", False),
    )


def note_images(session: Session, inbound: int, images: Sequence[str], vault: Vault) -> Said:
    """Pictures that lay with the channel have been fetched; the message with them."""
    row = session.scalars(
        select(TranscriptRow).where(
            TranscriptRow.inbound == inbound, TranscriptRow.speaker == RESIDENT
        )
    ).one()
    content = json.loads(vault.open(row.sealed))
    content["images"] = [*content.get("images", ()), *images]
    content.pop("media", None)
    row.sealed = vault.seal(json.dumps(content, ensure_ascii=False))
    return opened(row.sealed, vault)
