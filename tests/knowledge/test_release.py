from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from knowledge.audit import events_of
from knowledge.document import to_content
from knowledge.entry_file import EntryFile
from knowledge.items import get_item, get_version, versions_of
from knowledge.release import mark_published, next_release, publishable
from knowledge.review import approve_at_once, archive, reject, restore
from knowledge.store import save_version
from knowledge.version import Kind, ReviewFault
from tests.knowledge.corpus import LIBRARY, POOL
from tests.knowledge.documents import document_of
from tests.knowledge.editing import LATER, LI, NOW, WANG, draft, empty_database, publish, put

ENTRY = Kind.ENTRY
REOPENED = replace(POOL, answer="每天早上七点开门，晚上八点关门。")
LATEST = replace(POOL, answer="长期停业。")


@pytest.fixture
def session() -> Iterator[Session]:
    with empty_database() as session:
        yield session


def test_a_draft_goes_nowhere_and_hides_nothing(session: Session) -> None:
    draft(session, LIBRARY)
    put(session, POOL)
    draft(session, REOPENED)
    assert publishable(session) == [POOL]
    publish(session)
    assert publishable(session) == [POOL]
    approve_at_once(session, ENTRY, [POOL.id], WANG, LI, NOW)
    assert publishable(session) == [REOPENED]


def test_a_publish_writes_down_what_went_out(session: Session) -> None:
    put(session, POOL)
    publish(session)
    version = get_version(session, ENTRY, POOL.id)
    assert (version.status, version.published_at, version.snapshot_id) == ("published", NOW, "one")
    put(session, REOPENED)
    publish(session, "two", LATER)
    first, second = versions_of(session, ENTRY, POOL.id)
    assert (first.status, first.published_at, first.snapshot_id) == ("archived", NOW, "one")
    assert (second.status, second.snapshot_id) == ("published", "two")
    assert (get_item(session, ENTRY, POOL.id).published, next_release(session).arriving) == (2, ())
    (event,) = events_of(session, "snapshot", "two")
    assert (event.by, event.what, event.reason) == (LI, "published", "1 new, 0 gone")


def test_of_two_approved_versions_the_newer_goes_out(session: Session) -> None:
    put(session, POOL)
    put(session, REOPENED)
    publish(session)
    first, second = versions_of(session, ENTRY, POOL.id)
    assert (first.status, first.published_at) == ("archived", None)
    assert second.status == "published"


def test_archived_items_leave_with_the_next_publish(session: Session) -> None:
    put(session, POOL, LIBRARY)
    publish(session)
    archive(session, ENTRY, [POOL.id], WANG, NOW)
    assert publishable(session) == [LIBRARY]
    assert next_release(session).leaving == ((ENTRY, POOL.id),)
    publish(session, "two")
    assert get_version(session, ENTRY, POOL.id).status == "archived"
    assert [e.what for e in events_of(session, ENTRY, POOL.id)][-2:] == ["archived", "withdrawn"]
    assert next_release(session).leaving == ()


def test_what_is_approved_while_a_snapshot_is_built_waits_for_the_next(session: Session) -> None:
    put(session, POOL)
    release = next_release(session)
    put(session, REOPENED)
    put(session, LIBRARY)
    mark_published(session, LI, NOW, "one", release)
    assert [v.status for v in versions_of(session, ENTRY, POOL.id)] == ["published", "approved"]
    assert get_item(session, ENTRY, POOL.id).approved == 2
    assert get_version(session, ENTRY, LIBRARY.id).status == "approved"
    publish(session, "two")
    assert [v.status for v in versions_of(session, ENTRY, POOL.id)] == ["archived", "published"]


def test_an_approval_taken_back_meanwhile_stops_the_publish(session: Session) -> None:
    put(session, POOL)
    release = next_release(session)
    reject(session, ENTRY, [POOL.id], LI, NOW, "时间不对")
    with pytest.raises(ReviewFault, match=r"pool-hours: its approval was taken back; publish aga"):
        mark_published(session, LI, NOW, "one", release)


def test_what_is_archived_meanwhile_leaves_with_the_publish_after(session: Session) -> None:
    put(session, POOL)
    release = next_release(session)
    archive(session, ENTRY, [POOL.id], WANG, NOW)
    mark_published(session, LI, NOW, "one", release)
    assert get_version(session, ENTRY, POOL.id).status == "published"
    publish(session, "two")
    assert get_version(session, ENTRY, POOL.id).status == "archived"


def test_what_is_restored_meanwhile_comes_back_with_the_publish_after(session: Session) -> None:
    put(session, POOL)
    publish(session)
    archive(session, ENTRY, [POOL.id], WANG, NOW)
    release = next_release(session)
    restore(session, ENTRY, [POOL.id], WANG, NOW)
    mark_published(session, LI, NOW, "two", release)
    assert publishable(session) == [POOL]


def test_what_a_snapshot_has_is_not_read_again(session: Session, tmp_path: Path) -> None:
    put(session, POOL, LIBRARY)
    next_release(session).entries.save(tmp_path)
    known = EntryFile(tmp_path)
    put(session, REOPENED)
    release = next_release(session, known)
    assert list(release.entries.fresh.values()) == [REOPENED]
    assert list(release.entries) == publishable(session)


def test_documents_go_out_as_their_passages(session: Session) -> None:
    put(session, POOL)
    document = document_of("第一条 每天换水。\n第二条 周一停业。", title="游泳馆管理办法")
    save_version(session, Kind.DOCUMENT, document.id, to_content(document), WANG, NOW)
    assert publishable(session) == [POOL]
    approve_at_once(session, Kind.DOCUMENT, [document.id], WANG, LI, NOW)
    first, second = publishable(session)[1:]
    assert (first.answer, second.answer) == ("每天换水。", "周一停业。")
    assert first.quoted
    arriving = ((ENTRY, POOL.id, 1), (Kind.DOCUMENT, document.id, 1))
    assert next_release(session).arriving == arriving


def test_a_document_is_closed_by_its_next_version_once_that_is_approved(session: Session) -> None:
    old, new = (
        document_of(f"第一条 每天{hour}点开门。\n第二条 本办法自{year}年3月1日起施行。")
        for hour, year in (("六", 2024), ("七", 2026))
    )
    for document in (old, new):
        save_version(session, Kind.DOCUMENT, document.id, to_content(document), WANG, NOW)
    approve_at_once(session, Kind.DOCUMENT, [old.id], WANG, LI, NOW)
    assert {entry.expires for entry in publishable(session)} == {None}
    approve_at_once(session, Kind.DOCUMENT, [new.id], WANG, LI, NOW)
    assert [entry.expires for entry in publishable(session)] == [date(2026, 2, 28)] * 2 + [None] * 2
