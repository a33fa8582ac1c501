"""What a resident wants so far (摘要), for the person who takes over."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.draft import AT_HAND, Draft, DraftState, latest
from actions.summary import title
from actions.tickets.ticket import KIND_NAMES
from actions.vault import Vault
from channels.hotline.wishes import tells_of_matter
from channels.tables import TranscriptRow
from channels.transcript import RESIDENT
from nlu.identity import mask_identities
from nlu.phone import mask_phones, star_phone
from nlu.text import clip

LAST = 3
"""Things the resident said last that are looked at."""

LONGEST = 500
"""Characters of a field."""


def summarise(
    session: Session, conversation: str, vault: Vault, now: datetime
) -> Mapping[str, str]:
    """Fields that are known, phones masked: of the report at hand (``what``, ``where``, ``when``,
    ``kind``, ``category``, ``contact``, ``asked`` for the step it is at), and ``question``, what
    was said last."""
    draft = report_at_hand(session, conversation, vault, now)
    report = of_report(draft) if draft else {}
    known = {**report, "question": last_said(session, conversation, vault, now)}
    return {name: clip(masked(text), LONGEST) for name, text in known.items() if text}


def report_at_hand(
    session: Session, conversation: str, vault: Vault, now: datetime
) -> Draft | None:
    """The unfinished report, if it is not left lying since long."""
    found = latest(session, conversation, vault, DraftState.OPEN)
    if found is None or not found[0].what or now - found[1] > AT_HAND:
        return None
    return found[0]


def of_report(draft: Draft) -> dict[str, str]:
    label = draft.location.label if draft.location else ""
    contact = "匿名" if draft.anonymous else star_phone(draft.phone) if draft.phone else ""
    return {
        "title": title(draft),
        "what": draft.what,
        "where": draft.where or label or draft.nearby,
        "when": draft.when,
        "kind": KIND_NAMES[draft.kind],
        "category": draft.categories[0].name if draft.categories else "",
        "contact": contact,
        "asked": draft.asked.value if draft.asked else "",
    }


def last_said(session: Session, conversation: str, vault: Vault, now: datetime) -> str:
    """The last things the resident had said then, without the wish for a person, one a line;
    nothing that was left from long ago."""
    rows = session.scalars(
        select(TranscriptRow)
        .where(
            TranscriptRow.conversation == conversation,
            TranscriptRow.speaker == RESIDENT,
            TranscriptRow.at.between(now - AT_HAND, now),
        )
        .order_by(TranscriptRow.id.desc())
        .limit(LAST + 1)
    ).all()
    said = [text_of(row, vault) for row in reversed(rows)]
    return "\n".join([text for text in said if tells_of_matter(text)][-LAST:])


def text_of(row: TranscriptRow, vault: Vault) -> str:
    content: dict[str, Any] = json.loads(vault.open(row.sealed))
    return str(content.get("text", ""))


def masked(text: str) -> str:
    """Free of phone and identity numbers."""
    return mask_phones(mask_identities(text)[0])
