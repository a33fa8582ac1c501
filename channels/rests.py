"""What did not fit into a message, kept for “更多”."""

import re
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from actions.vault import Vault
from channels.tables import RestRow

ASKS_FOR_MORE = re.compile(r"[\s“\"]*(?:看|要|还有|显示)?更多[\s”\"。！!]*")
VALID_FOR = timedelta(hours=48)


def keep_rest(
    session: Session, conversation: str, rest: str, inbound: int | None, vault: Vault, now: datetime
) -> None:
    """Keep what follows the answer to a message, in the place of an earlier rest.

    Args:
        rest: empty where there is none; an earlier one is then forgotten.
        inbound: the message it follows, None for what was said unasked; a repeat of an earlier one
            changes nothing.
    """
    row = session.get(RestRow, conversation)
    if inbound is None:
        inbound = row.inbound if row is not None else 0
    if row is not None and row.inbound > inbound:
        return
    if not rest:
        if row is not None:
            session.delete(row)
        return
    session.merge(
        RestRow(conversation=conversation, sealed=vault.seal(rest), inbound=inbound, at=now)
    )


def has_rest(session: Session, conversation: str) -> bool:
    """Whether there is one, however old."""
    return session.get(RestRow, conversation) is not None


def read_rest(session: Session, conversation: str, vault: Vault, now: datetime) -> str:
    """What “更多” shows; empty where there is nothing more."""
    row = session.get(RestRow, conversation)
    if row is None or now - row.at > VALID_FOR:
        return ""
    return vault.open(row.sealed)
