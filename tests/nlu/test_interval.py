from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.clock import SHANGHAI
from nlu.interval import DayKind, Frequency, Interval, Recurrence, stored

START = datetime(2026, 11, 17, 23, tzinfo=SHANGHAI)
MOMENTS = st.datetimes(datetime(1995, 1, 1), datetime(2090, 1, 1)).map(  # noqa: DTZ001
    lambda at: at.replace(second=0, microsecond=0, tzinfo=SHANGHAI)
)
HOURS = st.tuples(st.integers(0, 1439), st.integers(1, 1440)).map(lambda h: (h[0], h[0] + h[1]))


def test_an_interval_is_stored_as_iso_8601() -> None:
    assert Interval(START, START + timedelta(hours=1)).isoformat() == (
        "2026-11-17T23:00+08:00/2026-11-18T00:00+08:00"
    )
    assert Interval(START, None).isoformat() == "2026-11-17T23:00+08:00/.."


def test_a_recurrence_is_stored_in_the_words_of_rfc_5545() -> None:
    rule = Recurrence(
        frequency=Frequency.WEEKLY, weekdays=(0, 5), hours=((1380, 1500),), since=START
    )
    assert rule.isoformat() == (
        "DTSTART:20261117T2300 RRULE:FREQ=WEEKLY;BYDAY=MO,SA;BYHOUR=23;BYMINUTE=0 DURATION:PT120M"
    )


@pytest.mark.parametrize(
    ("meaning", "words"),
    [
        (Interval(START, START + timedelta(hours=1)), "2026年11月17日（周二）23:00–24:00"),
        (
            Interval(START.replace(hour=0), START.replace(hour=0) + timedelta(days=2)),
            "2026年11月17日（周二）–2026年11月18日（周三）",
        ),
        (Interval(START.replace(hour=0), None), "2026年11月17日（周二）起"),
        (Interval(START, None), "2026年11月17日（周二）23:00起"),
        (Recurrence(frequency=Frequency.MONTHLY, monthdays=(15,)), "每月15日"),
        (Recurrence(frequency=Frequency.DAILY, every=2), "每2天"),
        (Recurrence(frequency=Frequency.DAILY, days=DayKind.HOLIDAY), "节假日"),
        (
            Recurrence(
                frequency=Frequency.DAILY,
                hours=((420, 540),),
                since=START.replace(hour=0),
                until=START.replace(hour=0) + timedelta(days=2),
            ),
            "每天 07:00–09:00，2026年11月17日（周二）–2026年11月18日（周三）",
        ),
    ],
)
def test_a_meaning_is_shown_in_plain_chinese(meaning: Interval | Recurrence, words: str) -> None:
    assert meaning.in_words() == words


def test_an_interval_cannot_end_before_it_starts() -> None:
    with pytest.raises(ValueError, match="end before"):
        Interval(START, START - timedelta(minutes=1))


def test_a_moment_without_timezone_is_refused() -> None:
    naive = START.replace(tzinfo=None)
    with pytest.raises(ValueError, match="timezones"):
        Interval(naive, None)
    with pytest.raises(ValueError, match="timezone"):
        Recurrence(frequency=Frequency.DAILY, since=naive)


@pytest.mark.parametrize("hours", [((60, 60),), ((1440, 1500),), ((-1, 60),)])
def test_hours_must_lie_in_a_day(hours: tuple[tuple[int, int], ...]) -> None:
    with pytest.raises(ValueError, match="hours"):
        Recurrence(frequency=Frequency.DAILY, hours=hours)


@pytest.mark.parametrize("written", ["", "gestern", "RRULE:FREQ=HOURLY", "2026-11-17T23:00+08:00"])
def test_what_was_not_written_here_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        stored(written)


@given(MOMENTS, st.none() | st.integers(0, 10**7))
def test_an_interval_comes_back_as_it_was_stored(start: datetime, minutes: int | None) -> None:
    end = None if minutes is None else start + timedelta(minutes=minutes)
    interval = Interval(start, end)
    assert stored(interval.isoformat()) == interval
    assert interval.in_words().startswith(f"{start.year}年")


@given(
    frequency=st.sampled_from(Frequency),
    every=st.integers(1, 60),
    weekdays=st.lists(st.integers(0, 6), unique=True).map(tuple),
    monthdays=st.lists(st.integers(1, 31), unique=True).map(tuple),
    months=st.lists(st.integers(1, 12), unique=True).map(tuple),
    days=st.none() | st.sampled_from(DayKind),
    hours=st.lists(HOURS, max_size=2).map(tuple),
    since=st.none() | MOMENTS,
    length=st.none() | st.integers(0, 10**6),
)
def test_a_recurrence_comes_back_as_it_was_stored(
    frequency: Frequency,
    every: int,
    weekdays: tuple[int, ...],
    monthdays: tuple[int, ...],
    months: tuple[int, ...],
    days: DayKind | None,
    hours: tuple[tuple[int, int], ...],
    since: datetime | None,
    length: int | None,
) -> None:
    rule = Recurrence(
        frequency=frequency,
        every=every,
        weekdays=weekdays,
        monthdays=monthdays,
        months=months,
        days=days,
        hours=hours,
        since=since,
        until=since + timedelta(minutes=length) if since and length is not None else None,
    )
    assert stored(rule.isoformat()) == rule
    assert rule.in_words()
