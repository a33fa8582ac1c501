from datetime import date

import chinese_calendar
import pytest

from nlu.festival import LUNAR, NAMES, days_off, festival, festival_day, lunar_day


def test_a_holiday_is_all_of_its_announced_days_off() -> None:
    assert festival("国庆", 2026) == (date(2026, 10, 1), date(2026, 10, 7))
    assert festival("国庆", 2025) == (date(2025, 10, 1), date(2025, 10, 8))  # with 中秋 in it
    assert festival("过年", 2026) == (date(2026, 2, 15), date(2026, 2, 23))


def test_a_festival_is_its_day_and_its_holiday_the_days_off() -> None:
    assert festival("端午", 2026) == (date(2026, 6, 19), date(2026, 6, 19))
    assert days_off("端午", 2026) == (date(2026, 6, 19), date(2026, 6, 21))


def test_a_year_not_yet_announced_has_the_usual_days_off() -> None:
    assert festival("国庆", 2039) == (date(2039, 10, 1), date(2039, 10, 7))
    assert festival("春节", 2039) == (date(2039, 1, 23), date(2039, 1, 30))


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("除夕", date(2026, 2, 16)),
        ("春节", date(2026, 2, 17)),
        ("元宵", date(2026, 3, 3)),
        ("清明", date(2026, 4, 5)),
        ("中秋", date(2026, 9, 25)),
        ("小年", date(2026, 2, 10)),
    ],
)
def test_a_festival_is_known_by_name(name: str, day: date) -> None:
    assert festival_day(name, 2026) == day


def test_the_laba_of_2023_fell_into_the_year_before() -> None:
    assert festival_day("腊八", 2023) == date(2022, 12, 30)


def test_days_of_the_first_month_are_counted_from_new_year() -> None:
    assert lunar_day(2026, 2) == date(2026, 2, 18)
    assert lunar_day(2026, 0) == date(2026, 2, 16)


@pytest.mark.parametrize("name", NAMES.split("|"))
def test_every_name_has_a_day_in_every_year_of_the_table(name: str) -> None:
    for year in LUNAR:
        first, last = festival(name, year)
        assert first <= last


@pytest.mark.parametrize(
    ("name", "holiday"),
    [
        ("春节", "Spring Festival"),
        ("端午", "Dragon Boat Festival"),
        ("中秋", "Mid-autumn Festival"),
    ],
)
def test_the_table_agrees_with_the_announced_holidays(name: str, holiday: str) -> None:
    announced = chinese_calendar.constants.holidays
    for year in range(2020, max(announced).year + 1):
        day = festival_day(name, year)
        together = name == "中秋" and year in (2020, 2023, 2025)  # joined with the National Day
        assert together or announced[day] == holiday


@pytest.mark.parametrize(("name", "year"), [("春节", 1999), ("谁的生日", 2026), ("清明", 1800)])
def test_what_is_not_known_is_said(name: str, year: int) -> None:
    with pytest.raises(ValueError, match="not known"):
        festival_day(name, year)
