from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from actions.tickets.number import find
from actions.tickets.register import (
    by_number,
    complete,
    contact_of,
    file,
    listing,
    of_conversation,
    of_phone,
)
from actions.tickets.tables import EventRow, OutboxRow, TicketRow
from actions.tickets.ticket import (
    Address,
    Amendment,
    Contact,
    Datum,
    EventKind,
    Kind,
    NewTicket,
    Status,
    Ticket,
    TicketClosed,
    UnknownTicket,
    Urgency,
)
from tests.actions.tickets.desk import NEW, Office, at


def count(session: Session, table: type[Any]) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def amend(office: Office, number: str, amendment: Amendment, **more: Any) -> Ticket:
    return office.run(
        complete,
        number,
        amendment,
        vault=office.vault,
        rules=office.rules,
        calendar=office.calendar,
        publish=office.events.append,
        **more,
    )


def test_a_filed_ticket_holds_what_was_said(office: Office) -> None:
    ticket = office.file()
    found = find(ticket.number)
    assert found is not None
    assert found.fits
    assert ticket.number.startswith("LL20260302-0001-")
    assert ticket.status is Status.SUBMITTED
    assert (ticket.kind, ticket.category, ticket.confidence) == (NEW.kind, NEW.category, 0.9)
    assert (ticket.description, ticket.address) == (NEW.description, NEW.address)
    assert (ticket.has_phone, ticket.incomplete) == (True, False)
    assert ticket.filed_at == office.now
    assert ticket.filed_at.utcoffset() == timedelta(0)
    with office.sessions() as session:
        assert by_number(session, ticket.number) == ticket


def test_a_title_is_made_where_there_is_none(office: Office) -> None:
    assert office.file().title == "三号楼楼道的灯坏了一个星期"
    assert office.file(replace(NEW, title="楼道灯不亮")).title == "楼道灯不亮"


def test_deadlines_follow_the_rules_from_filing(office: Office) -> None:
    ticket = office.file()
    assert ticket.deadline_rule == "其他诉求"
    assert ticket.accept_by == office.now + timedelta(hours=24)
    assert ticket.resolve_by == at("2026-03-12 00:00")
    assert not ticket.deadline_assumed


def test_a_deadline_in_a_year_not_yet_known_is_marked(office: Office) -> None:
    office.now = at("2090-12-29 10:00")
    assert office.file().deadline_assumed


def test_the_same_key_files_once(office: Office) -> None:
    first = office.file(key="k")
    office.wait(days=400)
    assert office.file(replace(NEW, description="别的事"), key="k") == first
    with office.sessions() as session:
        assert [count(session, t) for t in (TicketRow, EventRow, OutboxRow)] == [1, 1, 1]
    assert [e.kind for e in office.events] == [EventKind.FILED]


def test_the_same_key_at_the_same_time_files_once(office: Office) -> None:
    with ThreadPoolExecutor(8) as pool:
        tickets = list(pool.map(lambda _: office.file(key="k"), range(24)))
    assert len({t.number for t in tickets}) == 1
    with office.sessions() as session:
        assert [count(session, t) for t in (TicketRow, EventRow, OutboxRow)] == [1, 1, 1]
    assert office.file(key="other").number[11:15] == "0002"


def test_filing_that_is_rolled_back_leaves_nothing(office: Office) -> None:
    with office.sessions() as session:
        file(session, NEW, key="k", vault=office.vault, **office.times)
        session.rollback()
        assert [count(session, t) for t in (TicketRow, EventRow, OutboxRow)] == [0, 0, 0]


def test_filing_needs_a_key_and_a_zone(office: Office) -> None:
    with office.sessions.begin() as session, pytest.raises(ValueError, match="key"):
        file(session, NEW, key="", vault=office.vault, **office.times)
    office.now = datetime(2026, 3, 2)  # noqa: DTZ001
    with pytest.raises(ValueError, match="timezone"):
        office.file()


def test_name_and_phone_lie_sealed_in_the_database(office: Office) -> None:
    number = office.file().number
    with office.sessions() as session:
        stored = str(session.execute(text("SELECT * FROM tickets")).one())
        contact = contact_of(session, number, vault=office.vault)
    assert "13800000000" not in stored
    assert "示例居民" not in stored
    assert contact == Contact("示例居民", "13800000000")


def test_of_an_anonymous_ticket_no_contact_is_kept(office: Office) -> None:
    ticket = office.file(replace(NEW, anonymous=True))
    assert not ticket.has_phone
    with office.sessions() as session:
        assert contact_of(session, ticket.number, vault=office.vault) == Contact()
        assert of_phone(session, "13800000000", vault=office.vault) == []


def test_what_no_database_stores_is_dropped_and_the_rest_kept(office: Office) -> None:
    ticket = office.file(replace(NEW, description="灯\x00坏了\ud83d，<script>照样</script>留着"))
    with office.sessions() as session:
        kept = by_number(session, ticket.number)
    assert kept is not None
    assert kept.description == "灯坏了，<script>照样</script>留着"


def test_tickets_are_found_by_conversation_and_phone_newest_first(office: Office) -> None:
    numbers = [office.file().number for _ in range(3)]
    office.file(replace(NEW, conversation="web:2", contact_phone="13900000000"))
    with office.sessions() as session:
        mine = of_conversation(session, "web:1", limit=2)
        by_phone = of_phone(session, "+86 138-0000-0000", vault=office.vault)
        nobody = of_conversation(session, "web:3")
    assert [t.number for t in mine] == numbers[:0:-1]
    assert [t.number for t in by_phone] == numbers[::-1]
    assert nobody == []


def test_a_number_nobody_has_is_none(office: Office) -> None:
    with office.sessions() as session:
        assert by_number(session, "LL20260302-0001-0") is None
        with pytest.raises(UnknownTicket):
            contact_of(session, "LL20260302-0001-0", vault=office.vault)


def test_a_listing_narrows_by_what_is_asked(office: Office) -> None:
    plain = office.file().number
    urgent = office.file(replace(NEW, urgency=Urgency.CRITICAL, incomplete=True)).number
    other = office.file(replace(NEW, kind=Kind.PRAISE, category=("民政",))).number
    office.take(other, Status.ACCEPTED)
    with office.sessions() as session:

        def numbers(**narrow: Any) -> list[str]:
            return [t.number for t in listing(session, **narrow)]

        assert numbers() == [other, urgent, plain]
        assert numbers(limit=1, offset=1) == [urgent]
        assert numbers(status=[Status.SUBMITTED]) == [urgent, plain]
        assert numbers(kind=Kind.PRAISE) == numbers(category="民政") == [other]
        assert numbers(incomplete=True) == [urgent]
        assert numbers(supervised=True) == []
        assert numbers(overdue_at=office.now + timedelta(days=2)) == [urgent]
        assert numbers(filed_before=office.now) == []
        assert len(numbers(filed_from=office.now)) == 3


def test_an_incomplete_ticket_is_completed(office: Office) -> None:
    bare = NewTicket(
        kind=Kind.REQUEST,
        description="灯坏了",
        channel="web",
        conversation="web:1",
        incomplete=True,
    )
    number = office.file(bare).number
    place = Address("云溪路口", road="云溪路", latitude=40.0, longitude=116.3, datum=Datum.GCJ02)
    ticket = amend(
        office,
        number,
        Amendment(
            kind=Kind.COMPLAINT,
            category=("商贸旅游", "市场监管"),
            confidence=0.7,
            more="就在路口",
            address=place,
            contact_phone="13800000000",
            attachments=("a.jpg",),
            complete=True,
        ),
    )
    assert (ticket.incomplete, ticket.has_phone, ticket.address) == (False, True, place)
    assert ticket.description == "灯坏了\n就在路口"
    assert (ticket.category, ticket.confidence) == (("商贸旅游", "市场监管"), 0.7)
    assert (ticket.deadline_rule, ticket.attachments) == ("消费投诉", ("a.jpg",))
    event = office.events[-1]
    assert event.kind is EventKind.COMPLETED
    assert set(event.fields) == {
        "kind",
        "category",
        "address",
        "description",
        "attachments",
        "contact",
        "incomplete",
    }
    assert "13800000000" not in repr(event) + event.text


def test_the_same_amendment_is_made_once(office: Office) -> None:
    number = office.file().number
    for _ in range(2):
        ticket = amend(office, number, Amendment(more="还有四号楼"), key="message-7")
    assert ticket.description.count("还有四号楼") == 1


def test_an_amendment_that_changes_nothing_leaves_no_event(office: Office) -> None:
    number = office.file().number
    amend(office, number, Amendment(kind=NEW.kind, contact_phone=NEW.contact_phone))
    assert [e.kind for e in office.events] == [EventKind.FILED]


def test_who_becomes_anonymous_is_forgotten(office: Office) -> None:
    number = office.file().number
    assert not amend(office, number, Amendment(anonymous=True)).has_phone
    with office.sessions() as session:
        assert of_phone(session, "13800000000", vault=office.vault) == []


def test_one_contact_field_put_right_leaves_the_other(office: Office) -> None:
    number = office.file().number
    amend(office, number, Amendment(contact_phone="13900000000"))
    with office.sessions() as session:
        contact = contact_of(session, number, vault=office.vault)
    assert contact == Contact("示例居民", "13900000000")


def test_a_closed_ticket_is_not_amended(office: Office) -> None:
    number = office.file().number
    office.take(number, Status.WITHDRAWN)
    with pytest.raises(TicketClosed):
        amend(office, number, Amendment(more="还有四号楼"))
