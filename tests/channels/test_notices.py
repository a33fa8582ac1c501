from datetime import UTC, datetime

import pytest

from actions.tickets.ticket import STATUS_NAMES, Event, EventKind, Status
from channels.notices import notice, notifier
from tests.channels.house import House

NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)
NUMBER = "LL20260302-0001-1"


def event(
    status: Status,
    before: Status = Status.IN_PROGRESS,
    kind: EventKind = EventKind.STATUS,
    text: str = "",
    instead: str = "",
) -> Event:
    return Event(
        id=1,
        number=NUMBER,
        kind=kind,
        at=NOW,
        actor="operator:li",
        channel="web",
        conversation="web:a",
        before=before,
        status=status,
        text=text,
        instead=instead,
    )


@pytest.mark.parametrize("status", Status)
def test_every_status_is_news_with_number_and_name(house: House, status: Status) -> None:
    before = Status.SUBMITTED if status is not Status.SUBMITTED else Status.ACCEPTED
    reply = notice(event(status, before, text="示例理由", instead="示例去处"), house.wording)
    assert reply is not None
    assert NUMBER in reply.text
    assert "示例理由" in reply.text
    assert STATUS_NAMES[status].removeprefix("已") in reply.text
    assert "{" not in reply.text


def test_what_was_refused_says_where_to_go_instead(house: House) -> None:
    reply = notice(event(Status.REFUSED, instead="示例去处"), house.wording)
    assert reply is not None
    assert "示例去处" in reply.text


def test_what_is_resolved_asks_for_a_rating(house: House) -> None:
    reply = notice(event(Status.RESOLVED), house.wording)
    assert reply is not None
    assert len(reply.buttons) >= 3


@pytest.mark.parametrize("kind", [kind for kind in EventKind if kind is not EventKind.STATUS])
def test_only_a_new_status_is_news(house: House, kind: EventKind) -> None:
    assert notice(event(Status.ACCEPTED, kind=kind), house.wording) is None
    assert notice(event(Status.ACCEPTED, before=Status.ACCEPTED), house.wording) is None


def test_news_stands_in_its_conversation_at_its_time_and_is_nobodys_answer(house: House) -> None:
    with house.sessions.begin() as session:
        notifier(session, house.vault, house.wording)(event(Status.RESOLVED))
    [line] = house.lines("web:a")
    assert (line.speaker, line.external, line.at) == ("linli", None, NOW)
    assert NUMBER in line.content["text"]
    assert NUMBER not in house.on_disk()


def test_news_of_a_change_that_is_taken_back_is_never_told(house: House) -> None:
    with house.sessions() as session:
        notifier(session, house.vault, house.wording)(event(Status.RESOLVED))
        session.flush()
        session.rollback()
    assert house.lines("web:a") == []
