import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.tickets.progress import apply_status, change_status
from actions.tickets.ticket import STATUS_NAMES, Status
from actions.tickets.transitions import (
    MAIN_LINE,
    NEEDS_REASON,
    OPEN,
    TRANSITIONS,
    TransitionRefused,
    check,
    way,
)
from tests.actions.tickets.desk import Office, opened, sqlite

WORDS = {"reason": "不归本街道管", "instead": "区人力社保局"}
statuses = st.sampled_from(Status)


@given(before=statuses, after=statuses)
def test_nothing_outside_the_table_passes(before: Status, after: Status) -> None:
    if after in TRANSITIONS[before]:
        check(before, after, **WORDS)
    else:
        with pytest.raises(TransitionRefused, match=STATUS_NAMES[after]):
            check(before, after, **WORDS)


@given(steps=st.lists(statuses, max_size=12))
def test_no_sequence_of_changes_leaves_the_table(steps: list[Status]) -> None:
    with opened(sqlite(None)) as office:
        number = office.file().number
        status = Status.SUBMITTED
        for step in steps:
            try:
                office.take(number, step)
            except TransitionRefused:
                assert step not in TRANSITIONS[status] or step is Status.EXTENDED
            else:
                assert step in TRANSITIONS[status]
                status = step
        changes = [e for e in office.events if e.before is not e.status]
        assert all(e.status in TRANSITIONS[e.before] for e in changes)


def test_every_status_can_be_reached_and_has_a_name() -> None:
    reached = {Status.SUBMITTED}.union(*TRANSITIONS.values())
    assert reached == set(Status) == set(STATUS_NAMES) == set(TRANSITIONS)


def test_the_closed_ones_are_those_nobody_works_on() -> None:
    closed = {Status.RESOLVED, Status.ARCHIVED, Status.REFUSED, Status.WITHDRAWN}
    assert set(Status) - OPEN == closed


@pytest.mark.parametrize("after", sorted(NEEDS_REASON))
def test_a_reason_is_required_where_the_resident_will_ask_why(after: Status) -> None:
    before = next(s for s in Status if after in TRANSITIONS[s])
    with pytest.raises(TransitionRefused, match="reason"):
        check(before, after, reason=" ", instead="区人力社保局")


def test_a_refusal_says_where_to_go_instead() -> None:
    with pytest.raises(TransitionRefused, match="where to go"):
        check(Status.SUBMITTED, Status.REFUSED, reason="不归本街道管")


@given(before=statuses, after=statuses)
def test_a_way_takes_allowed_steps_only_and_fills_in_the_main_line(
    before: Status, after: Status
) -> None:
    try:
        steps = way(before, after)
    except TransitionRefused:
        return
    assert steps[-1] is after
    for one, next_one in zip((before, *steps), steps, strict=False):
        assert next_one in TRANSITIONS[one]
    assert set(steps[:-1]) <= set(MAIN_LINE)


def test_there_is_no_way_back() -> None:
    for after in (Status.SUBMITTED, Status.ACCEPTED):
        with pytest.raises(TransitionRefused):
            way(Status.RESOLVED, after)


def test_a_system_that_only_knows_closed_closes_a_ticket_in_allowed_steps(office: Office) -> None:
    number = office.file().number
    ticket = office.run(
        apply_status,
        number,
        Status.RESOLVED,
        rules=office.rules,
        calendar=office.calendar,
        reason="已换灯泡",
        publish=office.events.append,
    )
    assert ticket.status is Status.RESOLVED
    assert [e.status for e in office.events] == [
        Status.SUBMITTED,
        Status.ACCEPTED,
        Status.RESOLVED,
    ]
    assert office.events[-1].text == "已换灯泡"


def test_a_status_told_twice_is_taken_over_once(office: Office) -> None:
    number = office.file().number
    for _ in range(2):
        office.run(
            apply_status,
            number,
            Status.ACCEPTED,
            rules=office.rules,
            calendar=office.calendar,
            publish=office.events.append,
        )
    assert [e.status for e in office.events] == [Status.SUBMITTED, Status.ACCEPTED]


def test_a_refused_report_of_the_case_system_changes_nothing(office: Office) -> None:
    number = office.file().number
    with office.sessions.begin() as session:
        with pytest.raises(TransitionRefused):
            apply_status(session, number, Status.EXTENDED, reason="缺配件", **office.times)
        with pytest.raises(TransitionRefused):
            apply_status(session, number, Status.REFUSED, reason="不归本街道管", **office.times)
    assert office.take(number, Status.ACCEPTED).status is Status.ACCEPTED


def test_the_same_request_to_change_is_met_once(office: Office) -> None:
    number = office.file().number
    for _ in range(2):
        ticket = office.run(
            change_status,
            number,
            Status.ACCEPTED,
            rules=office.rules,
            calendar=office.calendar,
            actor="operator:li",
            key="click-1",
        )
    assert ticket.status is Status.ACCEPTED
