from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.tickets.calendar import BadCalendar, WorkingCalendar, announced_years, load_calendar
from nlu.clock import SHANGHAI
from tests.actions.tickets.desk import at

CALENDAR = WorkingCalendar()
moments = st.datetimes(
    *map(datetime.fromisoformat, ("2004-01-01", "2090-01-01")),
    timezones=st.sampled_from([UTC, SHANGHAI]),
)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2026-01-01", False),  # New Year
        ("2026-01-04", True),  # a Sunday worked for it
        ("2026-02-14", True),  # a Saturday worked before the Spring Festival
        ("2026-02-16", False),  # a Monday of the festival
        ("2026-02-28", True),  # a Saturday worked after it
        ("2026-03-02", True),
        ("2026-03-07", False),
        ("2026-09-20", True),  # a Sunday worked before the National Day
        ("2026-10-07", False),
        ("2026-10-10", True),  # a Saturday worked after it
    ],
)
def test_2026_has_its_holidays_and_swapped_weekends(day: str, works: bool) -> None:
    assert CALENDAR.works(date.fromisoformat(day)) is works


def test_the_end_is_midnight_in_beijing_given_in_the_zone_asked_in() -> None:
    start = datetime(2026, 3, 2, 20, 0, tzinfo=UTC)  # 3 March, 4 o'clock in Beijing
    due = CALENDAR.end_of_day(start, working_days=1)
    assert due.at == at("2026-03-05 00:00")
    assert due.at.tzinfo is UTC
    assert not due.assumed


def test_no_working_day_ends_with_the_day_itself() -> None:
    assert CALENDAR.end_of_day(at("2026-03-02 10:00"), working_days=0).at == at("2026-03-03 00:00")


def test_a_year_not_yet_announced_is_monday_to_friday_and_says_so() -> None:
    year = announced_years().stop
    friday = next(d for d in days_of(year) if d.weekday() == 4 and d.month == 10)
    due = CALENDAR.end_of_day(
        datetime.combine(friday, datetime.min.time(), SHANGHAI), working_days=1
    )
    assert due.assumed
    assert due.at.date() == friday + timedelta(days=4)


def test_counting_over_the_end_of_the_known_years_says_so() -> None:
    last = announced_years()[-1]
    december = datetime(last, 12, 30, 12, tzinfo=SHANGHAI)
    assert CALENDAR.end_of_day(december, working_days=7).assumed
    assert not CALENDAR.end_of_day(december - timedelta(days=30), working_days=7).assumed


def test_an_administrator_is_warned_sixty_days_ahead() -> None:
    last = announced_years()[-1]
    assert CALENDAR.warning(datetime(last, 10, 1, tzinfo=UTC)) is None
    warning = CALENDAR.warning(datetime(last, 12, 1, tzinfo=UTC))
    assert warning is not None
    assert str(last + 1) in warning


def test_a_year_entered_by_hand_wins_and_is_known(tmp_path: Path) -> None:
    path = tmp_path / "calendar.yml"
    path.write_text("2031:\n  holidays: [2031-01-01]\n  worked: [2031-01-04]\n", encoding="utf-8")
    calendar = load_calendar(path)
    assert calendar.knows(2031)
    assert not calendar.works(date(2031, 1, 1))  # a Wednesday
    assert calendar.works(date(2031, 1, 4))  # a Saturday
    assert calendar.works(date(2031, 1, 6))
    assert not calendar.end_of_day(at("2031-01-02 09:00"), working_days=3).assumed


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("2031:\n  holidays: [2030-01-01]\n", "calendar.yml: 2031: “2030-01-01”"),
        ("2031:\n  holidays: [tomorrow]\n", "“tomorrow”"),
        ("2031:\n  holidays: [2031-01-01 10:00:00]\n", "10:00"),
        ("2031:\n  hollidays: [2031-01-01]\n", "hollidays"),
        ("2031:\n  holidays: 2031-01-01\n", "list"),
        ("soon: {}\n", "soon"),
        ("- 2031\n", "expected years"),
        ("{", "not YAML"),
    ],
)
def test_a_bad_calendar_names_file_year_and_fault(tmp_path: Path, content: str, fault: str) -> None:
    path = tmp_path / "calendar.yml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(BadCalendar, match=fault):
        load_calendar(path)


def test_an_empty_calendar_file_adds_nothing(tmp_path: Path) -> None:
    path = tmp_path / "calendar.yml"
    path.write_text("", encoding="utf-8")
    assert load_calendar(path).works(date(2026, 2, 14))


@given(start=moments, days=st.integers(0, 40))
def test_any_moment_has_an_end_that_lies_later(start: datetime, days: int) -> None:
    due = CALENDAR.end_of_day(start, working_days=days)
    assert due.at > start
    assert due.at.astimezone(SHANGHAI).time() == datetime.min.time()
    assert due.at - start >= timedelta(days=days - 1)


def test_naive_moments_and_negative_days_are_refused() -> None:
    with pytest.raises(ValueError, match="timezone"):
        CALENDAR.end_of_day(datetime(2026, 3, 2), working_days=1)  # noqa: DTZ001
    with pytest.raises(ValueError, match="days"):
        CALENDAR.end_of_day(at("2026-03-02 10:00"), working_days=-1)


def days_of(year: int) -> list[date]:
    return [date(year, 1, 1) + timedelta(days=n) for n in range(365)]
