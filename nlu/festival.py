"""Days with a name: festivals, and the days off around them.

Festivals of the lunisolar calendar are a table (years 2020–2040): worked out with the packages
lunar_python 1.4.8 and LunarCalendar 0.0.9, which agree on every day. Days off are those the
State Council has announced, as the package ``chinesecalendar`` has them; in other years the
usual number of days of the holiday.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from types import MappingProxyType

import chinese_calendar

DAY = timedelta(days=1)
LUNAR_NAMES = ("初一", "端午", "七夕", "中秋", "重阳", "腊八", "小年")
LUNAR: Mapping[int, tuple[str, ...]] = MappingProxyType(
    {
        year: tuple(days.split())
        for year, days in {
            2020: "0125 0625 0825 1001 1025 0102 0117",
            2021: "0212 0614 0814 0921 1014 0120 0204",
            2022: "0201 0603 0804 0910 1004 0110 0125",
            2023: "0122 0622 0822 0929 1023 1230 0114",
            2024: "0210 0610 0810 0917 1011 0118 0202",
            2025: "0129 0531 0829 1006 1029 0107 0122",
            2026: "0217 0619 0819 0925 1018 0126 0210",
            2027: "0206 0609 0808 0915 1008 0115 0130",
            2028: "0126 0528 0826 1003 1026 0104 0119",
            2029: "0213 0616 0816 0922 1016 0122 0206",
            2030: "0203 0605 0805 0912 1005 0111 0126",
            2031: "0123 0624 0824 1001 1024 0101 0116",
            2032: "0211 0612 0812 0919 1012 0120 0204",
            2033: "0131 0601 0801 0908 1001 0108 0123",
            2034: "0219 0620 0820 0927 1020 0127 0211",
            2035: "0208 0610 0810 0916 1009 0116 0131",
            2036: "0128 0530 0828 1004 1027 0105 0120",
            2037: "0215 0618 0817 0924 1017 0123 0207",
            2038: "0204 0607 0807 0913 1007 0112 0127",
            2039: "0124 0527 0826 1002 1026 0102 0117",
            2040: "0212 0614 0814 0920 1014 0121 0205",
        }.items()
    }
)
"""Month and day in the Gregorian year; 腊八 and 小年 before its New Year's Day (小年 as in the
north, the 23rd). 2023 had its 腊八 on 30 December 2022."""

SOLAR: Mapping[str, tuple[int, int]] = MappingProxyType(
    {
        "元旦": (1, 1),
        "情人节": (2, 14),
        "妇女节": (3, 8),
        "三八节": (3, 8),
        "五一": (5, 1),
        "劳动节": (5, 1),
        "青年节": (5, 4),
        "儿童节": (6, 1),
        "六一": (6, 1),
        "七一": (7, 1),
        "八一": (8, 1),
        "教师节": (9, 10),
        "国庆": (10, 1),
        "十一长假": (10, 1),
        "双十一": (11, 11),
        "圣诞": (12, 25),
    }
)
DAYS_OFF: Mapping[str, tuple[int, int]] = MappingProxyType(
    {"元旦": (0, 1), "春节": (-1, 8), "五一": (0, 5), "国庆": (0, 7)}
)
"""Holidays that are meant as a whole: first day, before the festival, and number of days (State
Council decree 795 of 2024 with the weekends usually joined to it)."""
SAME: Mapping[str, str] = MappingProxyType(
    {"过年": "春节", "大年": "春节", "新年": "元旦", "劳动节": "五一", "十一长假": "国庆"}
)
NAMES = "|".join(
    sorted(
        {*LUNAR_NAMES[1:], *SOLAR, *SAME, "春节", "除夕", "年三十", "元宵", "清明", "冬至"},
        key=len,
        reverse=True,
    )
)


def festival(name: str, year: int) -> tuple[date, date]:
    """First and last day of what the name alone means: the days off, or the day.

    Raises:
        ValueError: no such festival, or its day in this year is not known.
    """
    name = SAME.get(name, name)
    day = festival_day(name, year)
    return days_off(name, year) if name in DAYS_OFF else (day, day)


def festival_day(name: str, year: int) -> date:
    """The day itself.

    Raises:
        ValueError: no such festival, or its day in this year is not known.
    """
    name = SAME.get(name, name)
    if name in SOLAR:
        return date(year, *SOLAR[name])
    if name in ("清明", "冬至"):
        return solar_term(name, year)
    if name in ("春节", "除夕", "年三十", "元宵"):
        return lunar(year, "初一") + {"春节": 0, "元宵": 14}.get(name, -1) * DAY
    return lunar(year, name)


def lunar_day(year: int, day: int) -> date:
    """A day of the first month (正月), 1 to 29; 0 is New Year's Eve."""
    return lunar(year, "初一") + (day - 1) * DAY


def lunar(year: int, name: str) -> date:
    if year not in LUNAR or name not in LUNAR_NAMES:
        raise ValueError(f"{name} of {year} is not known")
    written = LUNAR[year][LUNAR_NAMES.index(name)]
    earlier = name == "腊八" and written.startswith("12")
    return date(year - earlier, int(written[:2]), int(written[2:]))


def solar_term(name: str, year: int) -> date:
    month = {"清明": 4, "冬至": 12}[name]
    try:
        terms = chinese_calendar.get_solar_terms(date(year, month, 1), date(year, month, 30))
    except NotImplementedError as unknown:
        raise ValueError(f"{name} of {year} is not known") from unknown
    return next(date(day.year, day.month, day.day) for day, term in terms if term == name)


def days_off(name: str, year: int) -> tuple[date, date]:
    """First and last day of the holiday: those announced, else as usual.

    Raises:
        ValueError: as ``festival_day``.
    """
    day = festival_day(name, year)
    announced = chinese_calendar.constants.holidays
    if day not in announced:
        before, length = DAYS_OFF.get(SAME.get(name, name), (0, 1))
        return day + before * DAY, day + (before + length - 1) * DAY
    first = last = day
    while first - DAY in announced:
        first -= DAY
    while last + DAY in announced:
        last += DAY
    return first, last
