from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from knowledge.audit import Event, events_of, latest_events, record
from knowledge.tables import EventRow
from knowledge.version import ReviewFault
from tests.knowledge.editing import LATER, LI, NOW, WANG, empty_database

BACK = Event(NOW, LI, "rolled_back", "snapshot", "one", reason="答错了")
AGAIN = Event(LATER, WANG, "published", "snapshot", "two")


@pytest.fixture
def session() -> Iterator[Session]:
    with empty_database() as session:
        yield session


def test_events_are_read_back_in_order(session: Session) -> None:
    record(session, BACK, AGAIN)
    record(session)
    assert events_of(session, "snapshot", "one") == [BACK]
    assert latest_events(session, 10) == [AGAIN, BACK]
    assert latest_events(session, 1) == [AGAIN]


def test_an_event_has_somebody_who_did_it(session: Session) -> None:
    with pytest.raises(ReviewFault, match="is no name"):
        record(session, Event(NOW, " ", "published"))


def test_events_are_neither_changed_nor_struck_out(session: Session) -> None:
    record(session, BACK)
    row = session.query(EventRow).one()
    row.reason = "没有的事"
    with pytest.raises(TypeError, match="only ever added to"):
        session.flush()
    session.rollback()
    record(session, BACK)
    session.delete(session.query(EventRow).one())
    with pytest.raises(TypeError, match="only ever added to"):
        session.flush()
