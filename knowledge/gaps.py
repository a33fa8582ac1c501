"""What was asked in vain (没答上的): kept without who asked, until it is settled or forgotten."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from knowledge.audit import Event, record
from knowledge.inserting import insert_into
from knowledge.items import get_item
from knowledge.tables import GapRow
from knowledge.version import Kind, ReviewFault, person
from nlu.masking import impersonal
from nlu.text import clip, has_words

LONGEST = 300
"""Characters that are kept of a question."""


class GapKind(StrEnum):
    """In what way it was in vain."""

    UNKNOWN = "unknown"
    UNSOLVED = "unsolved"
    CORRECTION = "correction"


@dataclass(frozen=True, slots=True)
class Gap:
    """A question asked in vain.

    ``nearest``: ids of entries found with the confidence of each, the likeliest first. ``entry``:
    the one that did not help, or, of a correction, the one that an operator says is right.
    """

    kind: GapKind
    text: str
    nearest: tuple[tuple[str, float], ...] = ()
    entry: str | None = None


@dataclass(frozen=True, slots=True)
class Noted:
    """A gap as it is kept, masked."""

    number: int
    at: datetime
    gap: Gap
    settled_at: datetime | None = None
    settled_as: str | None = None


def note(session: Session, gap: Gap, key: str, now: datetime) -> bool:
    """Keeps a gap, masked and cut short; once for each key, and nothing that has no words.

    Args:
        key: at most 64 characters by which the message is known again, and not its sender.
        now: timezone-aware.

    Returns:
        Whether it is new.
    """
    text = clip(impersonal(gap.text), LONGEST)
    if not has_words(text):
        return False
    values = {
        "key": key,
        "at": now,
        "kind": gap.kind,
        "text": text,
        "nearest": [[id, round(confidence, 4)] for id, confidence in gap.nearest],
        "entry": gap.entry,
    }
    done = (
        insert_into(session, GapRow)
        .values(values)
        .on_conflict_do_nothing()
        .returning(GapRow.number)
    )
    return session.execute(done).first() is not None


def correct(session: Session, text: str, entry: str, by: str, key: str, now: datetime) -> bool:
    """An operator says which entry answers a question; whether that is new.

    Raises:
        ReviewFault: there is no such entry, the question has no words, or the name is none.
    """
    by = person(by)
    get_item(session, Kind.ENTRY, entry)
    if not has_words(text):
        raise ReviewFault("the question has no words")
    new = note(session, Gap(GapKind.CORRECTION, text, entry=entry), key, now)
    if new:
        record(session, Event(now, by, "corrected", Kind.ENTRY, entry))
    return new


def open_gaps(session: Session) -> list[Noted]:
    """Those that nothing was done about, the oldest first."""
    query = select(GapRow).where(GapRow.settled_at.is_(None)).order_by(GapRow.number)
    return [_noted(row) for row in session.scalars(query)]


def settled_gaps(session: Session, since: datetime | None = None) -> list[Noted]:
    """Those that an entry was made of, or that were joined to one, the oldest first."""
    query = select(GapRow).where(GapRow.settled_at.is_not(None)).order_by(GapRow.number)
    if since is not None:
        query = query.where(GapRow.settled_at >= since)
    return [_noted(row) for row in session.scalars(query)]


def settle(session: Session, numbers: Sequence[int], entry: str, by: str, now: datetime) -> None:
    """Says what became of gaps: they are part of this entry now.

    Raises:
        ReviewFault: somebody settled one of them meanwhile.
    """
    changes = {"settled_at": now, "settled_by": person(by), "settled_as": entry}
    still = GapRow.number.in_(numbers), GapRow.settled_at.is_(None)
    done = update(GapRow).where(*still).values(changes).returning(GapRow.number)
    if len(session.execute(done).all()) != len(numbers):
        raise ReviewFault("somebody else has just settled this group; list them again")


def forget(session: Session, before: datetime) -> int:
    """Strikes out what was asked before a moment, settled or not; how many there were."""
    struck = delete(GapRow).where(GapRow.at < before).returning(GapRow.number)
    return len(session.execute(struck).all())


def _noted(row: GapRow) -> Noted:
    nearest = tuple((str(id), float(confidence)) for id, confidence in row.nearest)
    gap = Gap(GapKind(row.kind), row.text, nearest, row.entry)
    return Noted(row.number, row.at, gap, row.settled_at, row.settled_as)
