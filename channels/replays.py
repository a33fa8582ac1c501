"""A signature is used for one message only.

WeChat's signature does not cover the body, so whoever has seen one could put another body under
it. Its own repeats carry the same signature with the same message, within seconds.
"""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from channels.sealed import FRESH
from channels.tables import SignatureRow
from knowledge.inserting import prepared

REPEATED_WITHIN = timedelta(seconds=30)
"""WeChat's last repeat comes some 15 s after the first delivery."""

USED = prepared(
    SignatureRow, lambda into: into.on_conflict_do_nothing().returning(SignatureRow.key)
)


def is_replayed(session: Session, signed: str, message: str, now: datetime) -> bool:
    """Whether the signature came with another message, or too long ago.

    Args:
        signed: account, timestamp and nonce of the signature.
        message: the channel's own number of the message.
    """
    key, told = digest(signed), digest(message)
    new = session.scalar(USED(session), {"key": key, "message": told, "seen": now})
    if new is None:
        row = session.get_one(SignatureRow, key)
        return row.message != told or now - row.seen > REPEATED_WITHIN
    if key.startswith("0"):  # one in sixteen will do
        forget_signatures(session, now)
    return False


def forget_signatures(session: Session, now: datetime) -> None:
    """Those that are refused for their age alone need not be remembered."""
    session.execute(delete(SignatureRow).where(SignatureRow.seen < now - 2 * FRESH))


def digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
