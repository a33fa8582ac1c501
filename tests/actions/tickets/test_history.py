import pytest
from sqlalchemy import select

from actions.tickets.follow_up import add_note
from actions.tickets.history import history
from actions.tickets.tables import EventRow, HistoryIsKept
from tests.actions.tickets.desk import Office


def test_an_event_is_never_changed(office: Office) -> None:
    office.file()
    with office.sessions() as session:
        session.scalars(select(EventRow)).one().text = "别的"
        with pytest.raises(HistoryIsKept):
            session.flush()


def test_an_event_is_never_removed(office: Office) -> None:
    office.file()
    with office.sessions() as session:
        session.delete(session.scalars(select(EventRow)).one())
        with pytest.raises(HistoryIsKept):
            session.flush()


def test_of_a_ticket_nobody_filed_there_is_no_history(office: Office) -> None:
    with office.sessions() as session:
        assert history(session, "LL20260302-0009-9") == []


def test_an_event_says_whom_to_tell_and_shows_no_words_in_a_log(office: Office) -> None:
    number = office.file().number
    office.run(add_note, number, "请打13900000000", publish=office.events.append)
    event = office.events[-1]
    assert (event.channel, event.conversation) == ("web", "web:1")
    assert (event.number, event.at) == (number, office.now)
    assert event.text == "请打139****0000"
    assert event.text not in repr(event)
