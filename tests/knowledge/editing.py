"""A database of knowledge, and people who edit it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from knowledge.entry import Entry
from knowledge.release import mark_published
from knowledge.review import approve_at_once
from knowledge.store import Saved, save_entries
from knowledge.tables import Base
from knowledge.version import Kind

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
WANG, LI = "小王", "老李"


@contextmanager
def empty_database() -> Iterator[Session]:
    """In memory, or on PostgreSQL where LINLI_TEST_POSTGRESQL names an empty database."""
    engine = create_engine(os.environ.get("LINLI_TEST_POSTGRESQL") or "sqlite://")
    Base.metadata.create_all(engine)
    try:
        with Session(engine) as session:
            yield session
    finally:
        Base.metadata.drop_all(engine)
        engine.dispose()


def draft(session: Session, *entries: Entry, now: datetime = NOW) -> Saved:
    """As 小王 writes them."""
    return save_entries(session, entries, WANG, now)


def put(session: Session, *entries: Entry, now: datetime = NOW) -> None:
    """Written by 小王, approved by 老李."""
    draft(session, *entries, now=now)
    approve_at_once(session, Kind.ENTRY, [entry.id for entry in entries], WANG, LI, now)


def publish(session: Session, snapshot_id: str = "one", now: datetime = NOW) -> None:
    mark_published(session, LI, now, snapshot_id)
