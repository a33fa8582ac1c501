from dataclasses import replace
from datetime import timedelta

import pytest

from actions.tickets.progress import change_status
from actions.tickets.ticket import Kind, Status
from actions.tickets.transitions import TransitionRefused
from tests.actions.tickets.desk import NEW, Office, at


def test_the_time_to_resolve_runs_from_acceptance(office: Office) -> None:
    number = office.file().number
    office.now = at("2026-03-03 09:00")
    ticket = office.take(number, Status.ACCEPTED)
    assert ticket.accepted_at == office.now
    assert ticket.resolve_by == at("2026-03-13 00:00")


def test_a_time_the_law_counts_from_filing_does_not_move(office: Office) -> None:
    new = replace(NEW, kind=Kind.COMPLAINT, category=("商贸旅游", "市场监管"))
    filed = office.file(new)
    office.wait(days=1)
    assert office.take(filed.number, Status.ACCEPTED).resolve_by == filed.resolve_by


def test_a_returned_ticket_has_a_clock_of_its_own(office: Office) -> None:
    number = office.file().number
    office.take(number, Status.ACCEPTED, Status.ASSIGNED)
    returned = office.take(number, Status.RETURNED)
    assert returned.reassign_by == at("2026-03-04 00:00")
    office.wait(days=1)
    ticket = office.take(number, Status.ASSIGNED)
    assert ticket.reassign_by is None
    assert ticket.resolve_by == at("2026-03-13 00:00")


def test_the_handler_is_set_with_the_assignment_and_stays(office: Office) -> None:
    number = office.file().number
    office.take(number, Status.ACCEPTED)
    office.run(
        change_status,
        number,
        Status.ASSIGNED,
        actor="operator:li",
        handler="云溪物业（示例）",
        co_handlers=["城管执法队（示例）"],
        rules=office.rules,
        calendar=office.calendar,
    )
    ticket = office.take(number, Status.IN_PROGRESS)
    assert (ticket.handler, ticket.co_handlers) == ("云溪物业（示例）", ("城管执法队（示例）",))


@pytest.mark.parametrize("until", [None, timedelta(0), timedelta(days=-1)])
def test_an_extension_must_extend(office: Office, until: timedelta | None) -> None:
    number = office.file().number
    ticket = office.take(number, Status.ACCEPTED, Status.ASSIGNED, Status.IN_PROGRESS)
    with pytest.raises(TransitionRefused, match="later"):
        office.run(
            change_status,
            number,
            Status.EXTENDED,
            actor="operator:li",
            reason="缺配件",
            until=None if until is None else ticket.resolve_by + until,
            rules=office.rules,
            calendar=office.calendar,
        )


def test_an_extension_moves_the_deadline_and_is_counted(office: Office) -> None:
    number = office.file().number
    ticket = office.take(
        number, Status.ACCEPTED, Status.ASSIGNED, Status.IN_PROGRESS, Status.EXTENDED
    )
    assert ticket.extensions == 1
    assert ticket.resolve_by == office.now + timedelta(days=365)


def test_a_ticket_is_closed_when_settled_and_stays_so_when_archived(office: Office) -> None:
    number = office.file().number
    settled = office.take(number, Status.ACCEPTED, Status.RESOLVED)
    closed = office.now
    office.wait(days=1)
    archived = office.take(number, Status.ARCHIVED)
    assert settled.closed_at == archived.closed_at == closed
