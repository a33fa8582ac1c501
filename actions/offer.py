"""What a conversation was offered last, so that “好”, “第二个” and “不用” mean something."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from actions.tables import OfferRow
from actions.vault import Vault


class OfferKind(StrEnum):
    ANSWER = "answer"
    WHICH = "which"
    REPORT = "report"
    RESUME = "resume"
    WITHDRAW = "withdraw"
    ADDITION = "addition"
    REASON = "reason"
    MISUNDERSTOOD = "misunderstood"
    NEXT = "next"
    DANGER = "danger"


VALID_FOR = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Offer:
    """``about``: what is offered: a question, entry ids, a ticket's number."""

    kind: OfferKind
    about: Mapping[str, Any]


def make_offer(
    session: Session, conversation: str, offer: Offer, vault: Vault, now: datetime
) -> None:
    """Put the offer in the place of the last one."""
    session.merge(
        OfferRow(
            conversation=conversation,
            kind=offer.kind,
            sealed=vault.seal(json.dumps(dict(offer.about), ensure_ascii=False)),
            made=now,
        )
    )


def last_offer(session: Session, conversation: str, vault: Vault, now: datetime) -> Offer | None:
    """The last offer, unless it is half a day old."""
    row = session.get(OfferRow, conversation)
    if row is None or now - row.made > VALID_FOR:
        return None
    return Offer(OfferKind(row.kind), json.loads(vault.open(row.sealed)))


def withdraw_offer(session: Session, conversation: str) -> None:
    row = session.get(OfferRow, conversation)
    if row is not None:
        session.delete(row)
