"""Telling the knowledge what was asked in vain, without telling who asked."""

import hashlib
import hmac
from collections.abc import Sequence

from sqlalchemy.orm import Session

from actions.turn import Means, Turn
from knowledge.gaps import Gap, GapKind
from knowledge.search import Hit


def keep_unknown(session: Session, turn: Turn, means: Means, hits: Sequence[Hit]) -> None:
    """The message is a question that nothing answers surely enough."""
    keep(session, turn, means, Gap(GapKind.UNKNOWN, turn.said.text, nearest(hits)))


def keep(session: Session, turn: Turn, means: Means, gap: Gap) -> None:
    """Keeps a gap; once, however often the turn is run."""
    means.note_gap(session, gap, key_of(turn, means), means.clock())


def key_of(turn: Turn, means: Means) -> str:
    """By which the message is known again by those who have the vault's key, and by nobody else."""
    told = f"gap {turn.message} {turn.part}".encode()
    return hmac.new(means.vault.pepper[0], told, hashlib.sha256).hexdigest()


def nearest(hits: Sequence[Hit]) -> tuple[tuple[str, float], ...]:
    return tuple((hit.entry.id, hit.confidence) for hit in hits)
