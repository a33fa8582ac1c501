from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from knowledge.audit import events_of
from knowledge.items import get_item, get_version, versions_of
from knowledge.review import approve, approve_at_once, archive, reject, restore, submit
from knowledge.version import Kind, ReviewFault, Status
from tests.knowledge.corpus import LIBRARY, POOL
from tests.knowledge.editing import LATER, LI, NOW, WANG, draft, empty_database, publish, put

ENTRY = Kind.ENTRY
IDS = [POOL.id]
REOPENED = replace(POOL, answer="每天早上七点开门，晚上八点关门。")


@pytest.fixture
def session() -> Iterator[Session]:
    with empty_database() as session:
        yield session


def statuses(session: Session) -> list[str]:
    return [version.status.value for version in versions_of(session, ENTRY, POOL.id)]


def test_a_draft_is_submitted_and_approved_by_somebody_else(session: Session) -> None:
    draft(session, POOL)
    submit(session, ENTRY, IDS, WANG, NOW)
    approve(session, ENTRY, IDS, LI, LATER)
    version = get_version(session, ENTRY, POOL.id)
    assert version.status is Status.APPROVED
    assert (version.submitted_by, version.submitted_at) == (WANG, NOW)
    assert (version.approved_by, version.approved_at) == (LI, LATER)
    assert get_item(session, ENTRY, POOL.id).approved == 1


@pytest.mark.parametrize("name", [WANG, " 小 王"])
def test_nobody_approves_what_they_wrote(session: Session, name: str) -> None:
    draft(session, POOL)
    submit(session, ENTRY, IDS, LI, NOW)
    with pytest.raises(ReviewFault, match=r"was written by 小王; somebody else must approve"):
        approve(session, ENTRY, IDS, name, NOW)
    approve(session, ENTRY, IDS, name, NOW, alone=True)
    assert statuses(session) == ["approved"]


def test_a_rejected_version_is_a_draft_again_with_the_reason(session: Session) -> None:
    draft(session, POOL)
    submit(session, ENTRY, IDS, WANG, NOW)
    with pytest.raises(ReviewFault, match="a reason is required"):
        reject(session, ENTRY, IDS, LI, NOW, " ")
    reject(session, ENTRY, IDS, LI, NOW, "没写周一")
    version = get_version(session, ENTRY, POOL.id)
    assert (version.status, version.submitted_by, version.approved_by) == ("draft", None, None)
    last = events_of(session, ENTRY, POOL.id)[-1]
    assert (last.by, last.what, last.version, last.reason) == (LI, "rejected", 1, "没写周一")


def test_an_approval_can_be_taken_back_until_it_is_published(session: Session) -> None:
    put(session, POOL)
    put(session, REOPENED)
    reject(session, ENTRY, IDS, LI, NOW, "时间不对")
    assert statuses(session) == ["approved", "draft"]
    assert get_item(session, ENTRY, POOL.id).approved == 1
    draft(session, POOL)
    approve_at_once(session, ENTRY, IDS, WANG, LI, NOW)
    publish(session)
    with pytest.raises(ReviewFault, match=r"is published .* cannot become draft"):
        reject(session, ENTRY, IDS, LI, NOW, "时间不对")


Action = Callable[[Session], None]


@pytest.mark.parametrize(
    ("action", "words"),
    [
        (lambda s: approve(s, ENTRY, IDS, LI, NOW), r"version 1\) is draft .* become approved"),
        (lambda s: reject(s, ENTRY, IDS, LI, NOW, "x"), "is draft .* cannot become draft"),
        (lambda s: restore(s, ENTRY, IDS, LI, NOW), "is not archived"),
        (lambda s: submit(s, ENTRY, ["no-such"], LI, NOW), "no-such: no such entry"),
        (lambda s: submit(s, Kind.DOCUMENT, IDS, LI, NOW), "pool-hours: no such document"),
        (lambda s: submit(s, ENTRY, IDS, "", NOW), "is no name"),
    ],
)
def test_what_is_not_allowed_is_refused_and_changes_nothing(
    session: Session, action: Action, words: str
) -> None:
    draft(session, POOL)
    before = events_of(session, ENTRY, POOL.id)
    with pytest.raises(ReviewFault, match=words):
        action(session)
    assert statuses(session) == ["draft"]
    assert events_of(session, ENTRY, POOL.id) == before


def test_one_that_may_not_keeps_the_others_from_it_too(session: Session) -> None:
    draft(session, POOL, LIBRARY)
    submit(session, ENTRY, IDS, WANG, NOW)
    with pytest.raises(ReviewFault, match="library-card"):
        approve(session, ENTRY, [POOL.id, LIBRARY.id], LI, NOW)
    assert statuses(session) == ["in_review"]


def test_what_is_archived_before_it_was_published_comes_back_as_a_draft(session: Session) -> None:
    draft(session, POOL)
    archive(session, ENTRY, IDS, WANG, NOW, "馆关了")
    assert get_item(session, ENTRY, POOL.id).status is Status.ARCHIVED
    with pytest.raises(ReviewFault, match="is archived"):
        submit(session, ENTRY, IDS, WANG, NOW)
    restore(session, ENTRY, IDS, LI, LATER)
    assert statuses(session) == ["archived", "draft"]
    version = get_version(session, ENTRY, POOL.id)
    assert (version.author, version.created) == (LI, LATER)
    assert version.content == versions_of(session, ENTRY, POOL.id)[0].content


def test_what_left_with_a_publish_comes_back_as_a_draft(session: Session) -> None:
    put(session, POOL)
    publish(session)
    archive(session, ENTRY, IDS, WANG, NOW)
    assert statuses(session) == ["published"]
    publish(session, "two")
    assert statuses(session) == ["archived"]
    restore(session, ENTRY, IDS, WANG, NOW)
    assert statuses(session) == ["archived", "draft"]
    assert get_item(session, ENTRY, POOL.id).published is None


def test_what_has_not_left_yet_is_simply_kept(session: Session) -> None:
    put(session, POOL)
    publish(session)
    archive(session, ENTRY, IDS, WANG, NOW)
    restore(session, ENTRY, IDS, WANG, NOW)
    assert statuses(session) == ["published"]
    assert get_item(session, ENTRY, POOL.id).status is Status.PUBLISHED


def test_several_are_approved_in_the_step_that_saved_them(session: Session) -> None:
    draft(session, POOL, LIBRARY)
    submit(session, ENTRY, IDS, WANG, NOW)
    both = [POOL.id, LIBRARY.id]
    assert approve_at_once(session, ENTRY, both, WANG, LI, NOW) == 2
    assert approve_at_once(session, ENTRY, both, WANG, LI, NOW) == 0
    assert get_version(session, ENTRY, LIBRARY.id).approved_by == LI
