from datetime import timedelta
from typing import Any

import pytest

from actions.tickets.follow_up import URGE_AGAIN_AFTER, add_note, rate, urge, withdraw
from actions.tickets.history import history
from actions.tickets.ticket import (
    EventKind,
    Status,
    Ticket,
    TicketClosed,
    UnknownTicket,
)
from actions.tickets.transitions import TransitionRefused
from tests.actions.tickets.desk import Office, at

TO_RESOLVED = (Status.ACCEPTED, Status.ASSIGNED, Status.IN_PROGRESS, Status.RESOLVED)
NOBODYS = "LL20260302-0009-9"


def give(office: Office, number: str, stars: int, reason: str = "", **more: Any) -> Ticket:
    return office.run(
        rate,
        number,
        stars,
        reason=reason,
        rules=office.rules,
        calendar=office.calendar,
        publish=office.events.append,
        **more,
    )


def test_a_note_is_kept_once_by_its_key(office: Office) -> None:
    number = office.file().number
    for _ in range(2):
        office.run(
            add_note,
            number,
            "物业来看过，没修",
            key="m1",
            attachments=["b.jpg"],
            publish=office.events.append,
        )
    with office.sessions() as session:
        lines = history(session, number)
    assert [(e.kind, e.text) for e in lines] == [
        (EventKind.FILED, ""),
        (EventKind.NOTED, "物业来看过，没修"),
    ]
    assert lines == office.events


def test_a_note_on_a_closed_ticket_is_kept(office: Office) -> None:
    number = office.file().number
    office.take(number, Status.WITHDRAWN)
    office.run(add_note, number, "还是没修好", publish=office.events.append)
    assert office.events[-1].text == "还是没修好"


def test_an_empty_note_is_refused(office: Office) -> None:
    number = office.file().number
    with pytest.raises(ValueError, match="text or an attachment"):
        office.run(add_note, number, " ")


def test_hurrying_counts_once_in_some_hours_and_says_when_again(office: Office) -> None:
    number = office.file().number
    first = office.run(urge, number)
    office.wait(hours=1)
    second = office.run(urge, number)
    assert (first.counted, second.counted) == (True, False)
    assert second.again_at == first.again_at == at("2026-03-02 14:00")
    assert second.ticket.urges == 1
    office.now = at("2026-03-02 10:00") + URGE_AGAIN_AFTER
    third = office.run(urge, number)
    assert (third.counted, third.ticket.urges) == (True, 2)


def test_what_is_settled_is_not_hurried(office: Office) -> None:
    number = office.file().number
    office.take(number, *TO_RESOLVED)
    with pytest.raises(TicketClosed):
        office.run(urge, number)


def test_a_ticket_is_withdrawn_once(office: Office) -> None:
    number = office.file().number
    for _ in range(2):
        ticket = office.run(withdraw, number, reason="已经修好了", publish=office.events.append)
    assert (ticket.status, ticket.closed_at) == (Status.WITHDRAWN, office.now)
    assert [e.status for e in office.events] == [Status.SUBMITTED, Status.WITHDRAWN]
    assert office.events[-1].text == "已经修好了"


def test_what_is_settled_is_not_withdrawn(office: Office) -> None:
    number = office.file().number
    office.take(number, *TO_RESOLVED)
    with pytest.raises(TransitionRefused):
        office.run(withdraw, number)


def test_a_good_rating_leaves_the_ticket_settled(office: Office) -> None:
    number = office.file().number
    office.take(number, *TO_RESOLVED)
    ticket = give(office, number, 5)
    assert (ticket.rating, ticket.status, ticket.supervised) == (5, Status.RESOLVED, False)
    assert (office.events[-1].kind, office.events[-1].stars) == (EventKind.RATED, 5)


def test_a_bad_rating_with_a_reason_reopens_and_supervises(office: Office) -> None:
    number = office.file().number
    office.take(number, *TO_RESOLVED)
    office.wait(days=1)
    ticket = give(office, number, 1, "第二天又不亮了")
    assert (ticket.status, ticket.supervised) == (Status.REOPENED, True)
    assert (ticket.reopenings, ticket.closed_at) == (1, None)
    assert ticket.resolve_by == at("2026-03-13 00:00")
    kinds = [e.kind for e in office.events[-3:]]
    assert kinds == [EventKind.RATED, EventKind.SUPERVISED, EventKind.STATUS]
    assert office.events[-1].before is Status.RESOLVED


def test_a_bad_rating_without_a_reason_waits_for_one(office: Office) -> None:
    number = office.file().number
    office.take(number, *TO_RESOLVED)
    assert give(office, number, 2).status is Status.RESOLVED
    assert give(office, number, 2, "没人来").status is Status.REOPENED


def test_what_is_archived_is_supervised_but_stays_archived(office: Office) -> None:
    number = office.file().number
    office.take(number, *TO_RESOLVED, Status.ARCHIVED)
    ticket = give(office, number, 1, "没人来")
    assert (ticket.status, ticket.supervised) == (Status.ARCHIVED, True)


def test_the_same_rating_twice_counts_once(office: Office) -> None:
    number = office.file().number
    office.take(number, *TO_RESOLVED)
    give(office, number, 1, "没人来")
    before = len(office.events)
    assert give(office, number, 1, "没人来").reopenings == 1
    assert len(office.events) == before


def test_after_a_second_settlement_the_same_words_rate_anew(office: Office) -> None:
    number = office.file().number
    office.take(number, *TO_RESOLVED)
    give(office, number, 1, "没人来")
    assert office.take(number, *TO_RESOLVED[1:]).rating is None
    assert give(office, number, 1, "没人来").reopenings == 2


def test_what_is_not_settled_is_not_rated(office: Office) -> None:
    number = office.file().number
    with pytest.raises(TransitionRefused):
        give(office, number, 5)


@pytest.mark.parametrize("stars", [0, 6, -1])
def test_there_are_one_to_five_stars(office: Office, stars: int) -> None:
    with pytest.raises(ValueError, match="one to five"):
        give(office, NOBODYS, stars)


@pytest.mark.parametrize("call", [urge, withdraw])
def test_a_ticket_that_is_not_there_is_unknown(office: Office, call: Any) -> None:
    with pytest.raises(UnknownTicket, match=NOBODYS):
        office.run(call, NOBODYS)


def test_urging_may_be_spaced_otherwise(office: Office) -> None:
    number = office.file().number
    office.run(urge, number)
    office.wait(hours=1)
    assert office.run(urge, number, every=timedelta(hours=1)).counted
