"""Entries in the database."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge.entry import Entry, from_content, to_content
from knowledge.tables import EntryRow

_BATCH = 500


class Status(StrEnum):
    """Where an entry stands on its way to the residents."""

    DRAFT = "draft"
    PUBLISHED = "published"


@dataclass(frozen=True, slots=True)
class Saved:
    """How many entries an import touched."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0


def save_entries(
    session: Session, entries: Sequence[Entry], now: datetime, status: Status = Status.PUBLISHED
) -> Saved:
    """Adds or replaces entries by id; the same content again changes nothing.

    Args:
        now: timezone-aware; the moment written to what was added or changed.
    """
    added = changed = unchanged = 0
    for start in range(0, len(entries), _BATCH):
        batch = entries[start : start + _BATCH]
        ids = [entry.id for entry in batch]
        known = session.scalars(select(EntryRow).where(EntryRow.id.in_(ids)))
        rows = {row.id: row for row in known}
        for entry in batch:
            digest, row = content_hash(entry), rows.get(entry.id)
            if row is not None and (row.content_hash, row.status) == (digest, status):
                unchanged += 1
                continue
            if row is None:
                row = EntryRow(id=entry.id)
                session.add(row)
                added += 1
            else:
                changed += 1
            row.topic, row.content, row.content_hash = entry.topic, to_content(entry), digest
            row.status, row.updated = status, now
    session.flush()
    return Saved(added, changed, unchanged)


def list_entries(
    session: Session, *, topic: str | None = None, status: Status | None = None
) -> list[Entry]:
    """Entries ordered by id."""
    query = select(EntryRow).order_by(EntryRow.id)
    if topic is not None:
        query = query.where(EntryRow.topic == topic)
    if status is not None:
        query = query.where(EntryRow.status == status)
    return [from_content(row.content) for row in session.scalars(query)]


def get_entry(session: Session, entry_id: str) -> Entry | None:
    row = session.get(EntryRow, entry_id)
    return None if row is None else from_content(row.content)


def content_hash(entry: Entry) -> str:
    """The same for the same content, on every machine."""
    text = json.dumps(to_content(entry), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def content_hashes(entries: Iterable[Entry]) -> str:
    """One hash over many entries, whatever their order."""
    return hashlib.sha256("".join(sorted(map(content_hash, entries))).encode()).hexdigest()
