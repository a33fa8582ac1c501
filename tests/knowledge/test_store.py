from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from knowledge.audit import events_of
from knowledge.entry import to_content
from knowledge.items import (
    get_entry,
    get_item,
    get_version,
    is_empty,
    list_items,
    versions_of,
)
from knowledge.review import archive, submit
from knowledge.store import Saved, save_entries, save_version, save_versions
from knowledge.version import Kind, ReviewFault, Status
from tests.knowledge.corpus import ENTRIES, LIBRARY, POOL
from tests.knowledge.editing import LATER, LI, NOW, WANG, draft, empty_database, publish, put

ENTRY = Kind.ENTRY
REOPENED = replace(POOL, answer="每天早上七点开门，晚上八点关门。")
DOCUMENT = {"title": "游泳馆管理办法", "text": "第一条 泳池每天换水。"}


@pytest.fixture
def session() -> Iterator[Session]:
    with empty_database() as session:
        yield session


def test_what_is_saved_is_a_draft_with_its_author_and_note(session: Session) -> None:
    assert is_empty(session)
    saved = save_entries(session, [POOL], " 小王\n", NOW, "新开的馆")
    assert saved == Saved(added=1)
    assert not is_empty(session)
    version = get_version(session, ENTRY, POOL.id)
    assert (version.number, version.status, version.author) == (1, Status.DRAFT, "小王")
    assert (version.note, version.created, version.content) == ("新开的馆", NOW, to_content(POOL))
    assert get_entry(session, POOL.id) == POOL
    assert get_entry(session, "no-such") is None


def test_only_what_changed_gets_a_new_version(session: Session) -> None:
    draft(session, *ENTRIES)
    assert draft(session, LIBRARY, REOPENED, now=LATER) == Saved(changed=1, unchanged=1)
    first, second = versions_of(session, ENTRY, POOL.id)
    assert (first.content, first.created) == (to_content(POOL), NOW)
    assert (second.content, second.created) == (to_content(REOPENED), LATER)
    assert len(versions_of(session, ENTRY, LIBRARY.id)) == 1


def test_a_newer_draft_takes_the_place_of_one_that_nobody_decided_upon(session: Session) -> None:
    draft(session, POOL)
    submit(session, ENTRY, [POOL.id], WANG, NOW)
    draft(session, REOPENED)
    assert [v.status for v in versions_of(session, ENTRY, POOL.id)] == ["archived", "draft"]


def test_an_edit_leaves_what_is_published_where_it_is(session: Session) -> None:
    put(session, POOL)
    publish(session)
    draft(session, REOPENED)
    assert [v.status for v in versions_of(session, ENTRY, POOL.id)] == ["published", "draft"]
    item = get_item(session, ENTRY, POOL.id)
    assert (item.current, item.published, item.approved) == (2, 1, None)


def test_an_archived_item_must_be_restored_before_it_is_edited(session: Session) -> None:
    draft(session, POOL, LIBRARY)
    archive(session, ENTRY, [POOL.id], WANG, NOW)
    assert draft(session, POOL) == Saved(unchanged=1)
    with pytest.raises(ReviewFault, match=r"pool-hours is archived; .*restore pool-hours"):
        draft(session, REOPENED)


def test_documents_have_versions_as_entries_do(session: Session) -> None:
    draft(session, POOL)
    save_version(session, Kind.DOCUMENT, POOL.id, DOCUMENT, WANG, NOW)
    save_version(session, Kind.DOCUMENT, POOL.id, {**DOCUMENT, "text": ""}, LI, LATER)
    assert get_item(session, Kind.DOCUMENT, POOL.id).title == "游泳馆管理办法"
    assert [v.author for v in versions_of(session, Kind.DOCUMENT, POOL.id)] == [WANG, LI]
    assert [v.author for v in versions_of(session, ENTRY, POOL.id)] == [WANG]
    assert [item.kind for item in list_items(session)] == [ENTRY, Kind.DOCUMENT]
    assert list_items(session, kind=Kind.DOCUMENT) == list_items(session)[1:]


def test_every_save_stands_in_the_events(session: Session) -> None:
    draft(session, POOL)
    save_entries(session, [REOPENED], LI, LATER, "冬令时")
    saves = [(e.by, e.what, e.version, e.reason) for e in events_of(session, ENTRY, POOL.id)]
    assert saves == [(WANG, "saved", 1, ""), (LI, "saved", 2, "冬令时")]


def test_more_items_than_a_batch_are_saved_and_found(session: Session) -> None:
    many = {f"rules-{n}": {"title": f"第{n}号办法"} for n in range(1201)}
    assert save_versions(session, Kind.DOCUMENT, many, WANG, NOW) == Saved(added=1201)
    assert save_versions(session, Kind.DOCUMENT, many, WANG, NOW) == Saved(unchanged=1201)
    assert len(list_items(session)) == 1201


def test_somebody_has_to_have_written_it(session: Session) -> None:
    with pytest.raises(ReviewFault, match="is no name"):
        save_entries(session, [POOL], " ", NOW)
    assert is_empty(session)


def test_warnings_are_given_and_kept_with_the_version_and_block_nothing(session: Session) -> None:
    put(session, POOL)
    again = replace(POOL, id="pool-again", variants=(), answer="游泳馆每天八点开门。")
    saved = draft(session, again)
    assert saved.added == 1
    assert saved.warnings[0] == "pool-again：和 pool-hours“游泳馆几点开门？”问得很像（1.00）"
    kept = get_version(session, ENTRY, "pool-again").warnings
    assert tuple(f"pool-again：{line}" for line in kept) == saved.warnings
    assert draft(session, again).warnings == ()


@pytest.mark.parametrize("changed", [{"id": "x" * 101}, {"topic": "长" * 101}])
def test_an_id_or_topic_that_is_too_long_is_refused(
    session: Session, changed: dict[str, str]
) -> None:
    with pytest.raises(ReviewFault, match="at most 100 characters"):
        draft(session, LIBRARY, replace(POOL, **changed))  # type: ignore[arg-type]
    assert is_empty(session)
