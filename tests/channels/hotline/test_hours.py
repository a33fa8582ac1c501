from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from actions.tickets.calendar import WorkingCalendar
from channels.hotline.hours import Day, OfficeHours, Shift
from nlu.clock import SHANGHAI

WORKDAYS = Shift(days="workdays", opens="9:00", closes="12:00")
AFTERNOON = Shift(days="workdays", opens="13:30", closes="17:00")
SATURDAY = Shift(days=(Day.SAT,), opens="09:00", closes="12:00")
NIGHT = Shift(days="daily", opens="18:00", closes="24:00")


def hours(*shifts: Shift) -> OfficeHours:
    return OfficeHours(shifts, WorkingCalendar())


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-11-23 08:59:59", False),
        ("2026-11-23 09:00", True),
        ("2026-11-23 11:59:59", True),
        ("2026-11-23 12:00", False),
        ("2026-11-23 14:00", True),
        ("2026-11-28 10:00", False),  # a Saturday
        ("2026-02-14 10:00", True),  # a Saturday worked before the festival
        ("2026-10-01 10:00", False),  # a holiday
    ],
)
def test_working_days_are_those_of_the_calendar(moment: str, is_open: bool) -> None:
    assert hours(WORKDAYS, AFTERNOON).is_open(at(moment)) is is_open


def test_a_named_day_is_open_whether_or_not_it_is_a_holiday() -> None:
    assert hours(SATURDAY).is_open(at("2026-10-03 10:00"))


def test_a_moment_elsewhere_is_read_in_beijing() -> None:
    assert hours(WORKDAYS).is_open(datetime.fromisoformat("2026-11-23T01:30:00+00:00"))


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        ("2026-11-23 08:00", "今天9:00"),
        ("2026-11-23 12:30", "今天13:30"),
        ("2026-11-23 18:00", "明天9:00"),
        ("2026-11-27 18:00", "11月30日（周一）9:00"),
        ("2026-09-30 18:00", "10月8日（周四）9:00"),
    ],
)
def test_the_next_opening_is_told_as_people_say_it(now: str, opens: str) -> None:
    assert hours(WORKDAYS, AFTERNOON).opening_in_words(at(now)) == opens


def test_without_shifts_it_never_opens() -> None:
    assert not hours().is_open(at("2026-11-23 10:00"))
    assert hours().opening_in_words(at("2026-11-23 10:00")) == ""


def test_all_shifts_are_told_days_together() -> None:
    said = hours(WORKDAYS, AFTERNOON, SATURDAY, NIGHT).in_words()
    assert said == "工作日9:00–12:00、13:30–17:00，周六9:00–12:00，每天18:00–24:00"


@pytest.mark.parametrize(
    "told",
    [
        {"days": "workdays", "opens": "17:00", "closes": "9:00"},
        {"days": "workdays", "opens": "9:00", "closes": "24:01"},
        {"days": "workdays", "opens": "9", "closes": "10:00"},
        {"days": "workdays", "opens": "9:61", "closes": "11:00"},
        {"days": "weekends", "opens": "9:00", "closes": "10:00"},
        {"days": [], "opens": "9:00", "closes": "10:00"},
        {"days": ["mon"], "opens": "9:00", "closes": "10:00", "who": "小李"},
    ],
)
def test_what_is_no_shift_is_refused(told: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Shift.model_validate(told)


@given(minutes=st.integers(0, 60 * 24 * 365))
def test_it_is_shut_until_it_opens_and_open_then(minutes: int) -> None:
    desk, now = hours(WORKDAYS, AFTERNOON, SATURDAY), at("2026-01-01 00:00")
    now += timedelta(minutes=minutes)
    opens = desk.opening(now)
    assert opens is not None
    assert desk.is_open(opens)
    if not desk.is_open(now):
        assert not desk.is_open(opens - timedelta(seconds=1))
