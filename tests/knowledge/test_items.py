from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from knowledge.items import (
    Newest,
    get_version,
    is_empty,
    list_items,
    newest_of,
    versions_of,
)
from knowledge.review import archive
from knowledge.store import save_entries
from knowledge.version import Kind, ReviewFault, Status, content_hash
from tests.knowledge.corpus import LIBRARY, POOL
from tests.knowledge.editing import LI, NOW, WANG, draft, empty_database, put

ENTRY = Kind.ENTRY
REOPENED = replace(POOL, answer="每天早上七点开门，晚上八点关门。")


@pytest.fixture
def session() -> Iterator[Session]:
    with empty_database() as session:
        yield session


def test_a_database_without_items_is_empty(session: Session) -> None:
    assert is_empty(session)
    draft(session, POOL)
    assert not is_empty(session)


def test_items_are_listed_by_topic_and_status(session: Session) -> None:
    draft(session, LIBRARY)
    put(session, POOL)
    archive(session, ENTRY, [LIBRARY.id], WANG, NOW)

    def listed(**wanted: object) -> list[str]:
        return [item.id for item in list_items(session, **wanted)]  # type: ignore[arg-type]

    assert listed() == ["library-card", "pool-hours"]
    assert listed(status=Status.ARCHIVED) == ["library-card"]
    assert listed(status=Status.APPROVED, topic="游泳馆") == ["pool-hours"]
    assert listed(status=Status.APPROVED, topic="图书馆") == []
    assert listed(status=Status.DRAFT) == []


def test_the_newest_of_several_is_told_with_its_author(session: Session) -> None:
    draft(session, POOL, LIBRARY)
    save_entries(session, [REOPENED], LI, NOW)
    archive(session, ENTRY, [LIBRARY.id], WANG, NOW)
    assert newest_of(session, ENTRY, [POOL.id, LIBRARY.id, "no-such"]) == {
        POOL.id: Newest(content_hash(REOPENED), LI, Status.DRAFT),
        LIBRARY.id: Newest(content_hash(LIBRARY), WANG, Status.ARCHIVED),
    }


def test_what_there_is_not_is_told(session: Session) -> None:
    draft(session, POOL)
    for fails, words in (
        (lambda: get_version(session, ENTRY, "no-such"), "no-such: no such entry"),
        (lambda: get_version(session, ENTRY, POOL.id, 2), "pool-hours: has no version 2"),
        (lambda: versions_of(session, ENTRY, "no-such"), "no-such: no such entry"),
    ):
        with pytest.raises(ReviewFault, match=words):
            fails()
