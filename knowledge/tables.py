"""The tables of the knowledge base: items, their versions, and what was done by whom.

An item is an entry or a document. Nothing that was written in a version is ever changed, only
where it stands; nothing that was done is ever struck from the events.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Connection, Index, Integer, String, Text, event
from sqlalchemy.orm import DeclarativeBase, Mapped, Mapper, mapped_column

from knowledge.columns import Moment


class Base(DeclarativeBase):
    """Every table of ``knowledge``."""


class ItemRow(Base):
    """An entry or a document, and which of its versions stands where.

    ``current`` is the newest version, ``approved`` the newest that waits for the next publish,
    ``published`` the one that residents get. ``source`` is ``knowledge.store.source_key``.
    """

    __tablename__ = "knowledge_items"

    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    id: Mapped[str] = mapped_column(String(100), primary_key=True)
    topic: Mapped[str] = mapped_column(String(100), index=True)
    title: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(String(32), index=True)
    current: Mapped[int] = mapped_column(Integer)
    approved: Mapped[int | None] = mapped_column(Integer)
    published: Mapped[int | None] = mapped_column(Integer)
    archived: Mapped[bool]


class VersionRow(Base):
    """What an item said, who wrote it, and how far it came."""

    __tablename__ = "knowledge_versions"

    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    id: Mapped[str] = mapped_column(String(100), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    content_hash: Mapped[str] = mapped_column(String(64))
    status: Mapped[str] = mapped_column(String(20), index=True)
    author: Mapped[str] = mapped_column(String(100))
    created: Mapped[datetime] = mapped_column(Moment)
    note: Mapped[str] = mapped_column(Text)
    warnings: Mapped[list[str]] = mapped_column(JSON)
    submitted_by: Mapped[str | None] = mapped_column(String(100))
    submitted_at: Mapped[datetime | None] = mapped_column(Moment)
    approved_by: Mapped[str | None] = mapped_column(String(100))
    approved_at: Mapped[datetime | None] = mapped_column(Moment)
    published_at: Mapped[datetime | None] = mapped_column(Moment)
    snapshot_id: Mapped[str | None] = mapped_column(String(100))


class EventRow(Base):
    """Something done to an item, a snapshot, or neither: then ``kind`` and ``id`` are empty."""

    __tablename__ = "knowledge_events"
    __table_args__ = (Index("knowledge_events_of", "kind", "id"),)

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(Moment)
    by: Mapped[str] = mapped_column(String(100))
    what: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(20))
    id: Mapped[str] = mapped_column(String(100))
    version: Mapped[int | None] = mapped_column(Integer)
    reason: Mapped[str] = mapped_column(Text)


class GapRow(Base):
    """A question that was asked in vain, without who asked it, and what became of it.

    ``key`` tells a message noted before. ``nearest`` holds pairs of an entry's id and its
    confidence; ``entry`` is the one that did not help, or that an operator says is right.
    ``settled_as`` is the entry that was made of it or that it was joined to.
    """

    __tablename__ = "knowledge_gaps"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    at: Mapped[datetime] = mapped_column(Moment, index=True)
    kind: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text)
    nearest: Mapped[list[tuple[str, float]]] = mapped_column(JSON)
    entry: Mapped[str | None] = mapped_column(String(100))
    settled_at: Mapped[datetime | None] = mapped_column(Moment, index=True)
    settled_by: Mapped[str | None] = mapped_column(String(100))
    settled_as: Mapped[str | None] = mapped_column(String(100))


@event.listens_for(EventRow, "before_update")
@event.listens_for(EventRow, "before_delete")
def refuse(mapper: Mapper[EventRow], connection: Connection, row: EventRow) -> None:
    raise TypeError("events are only ever added to")
