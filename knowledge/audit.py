"""Who did what, when and why. Events are only ever added."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from knowledge.tables import EventRow
from knowledge.version import person


@dataclass(frozen=True, slots=True)
class Event:
    """One thing done.

    ``what`` is a word such as saved, submitted, approved, rejected, archived, restored, published,
    rolled_back, gate_overridden, adapted; ``kind`` and ``id`` say to what it was done.
    """

    at: datetime
    by: str
    what: str
    kind: str = ""
    id: str = ""
    version: int | None = None
    reason: str = ""


def record(session: Session, *events: Event) -> None:
    """Writes events down.

    Raises:
        ReviewFault: somebody's name is none.
    """
    names = {name: person(name) for name in {event.by for event in events}}
    rows = [
        {
            "at": event.at,
            "by": names[event.by],
            "what": event.what,
            "kind": event.kind,
            "id": event.id,
            "version": event.version,
            "reason": event.reason.strip(),
        }
        for event in events
    ]
    if rows:
        session.execute(insert(EventRow), rows)


def events_of(session: Session, kind: str, id: str) -> list[Event]:
    """What was done to an item or with a snapshot, the oldest first."""
    query = select(EventRow).where(EventRow.kind == kind, EventRow.id == id)
    return _read(session.scalars(query.order_by(EventRow.number)))


def latest_events(session: Session, limit: int) -> list[Event]:
    """The last things done, the newest first."""
    return _read(session.scalars(select(EventRow).order_by(EventRow.number.desc()).limit(limit)))


def _read(rows: Iterable[EventRow]) -> list[Event]:
    return [Event(r.at, r.by, r.what, r.kind, r.id, r.version, r.reason) for r in rows]
