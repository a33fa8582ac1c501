from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from knowledge.store import (
    Saved,
    Status,
    content_hash,
    content_hashes,
    get_entry,
    list_entries,
    save_entries,
)
from knowledge.tables import Base, EntryRow
from tests.knowledge.corpus import ENTRIES, LIBRARY, POOL

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=1)


@pytest.fixture
def session() -> Iterator[Session]:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        yield session
    engine.dispose()


def test_what_is_saved_is_listed_in_order_of_id(session: Session) -> None:
    save_entries(session, ENTRIES, NOW)
    assert list_entries(session) == sorted(ENTRIES, key=lambda entry: entry.id)
    assert get_entry(session, "pool-hours") == POOL
    assert get_entry(session, "no-such") is None


def test_only_what_changed_is_written_again(session: Session) -> None:
    save_entries(session, ENTRIES, NOW)
    reopened = replace(POOL, answer="每天早上七点开门，晚上八点关门。")
    assert save_entries(session, [LIBRARY, reopened], LATER) == Saved(changed=1, unchanged=1)
    session.expire_all()
    moments = {row.id: row.updated for row in session.query(EntryRow)}
    assert (moments["pool-hours"], moments["library-card"]) == (LATER, NOW)


def test_entries_are_listed_by_topic_and_status(session: Session) -> None:
    save_entries(session, [LIBRARY], NOW, Status.DRAFT)
    save_entries(session, [POOL], NOW)
    assert list_entries(session, status=Status.DRAFT) == [LIBRARY]
    assert list_entries(session, topic="游泳馆", status=Status.PUBLISHED) == [POOL]
    assert list_entries(session, topic="游泳馆", status=Status.DRAFT) == []


def test_the_hash_follows_the_content_and_not_the_order() -> None:
    assert content_hash(LIBRARY) == content_hash(replace(LIBRARY))
    assert content_hash(LIBRARY) != content_hash(replace(LIBRARY, handler="街道"))
    assert content_hashes(ENTRIES) == content_hashes(ENTRIES[::-1])
    assert content_hashes(ENTRIES) != content_hashes(ENTRIES[1:])
