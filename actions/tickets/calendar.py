"""Working days of the Chinese calendar, with its holidays and swapped weekends.

The package ``chinesecalendar`` knows the years the State Council has announced; an
announcement comes in November of the year before. Until a newer package is installed, a
community may enter a year itself in a YAML file:

    2027:
      holidays: [2027-01-01, …]     working days off
      worked: [2027-02-06, …]       weekends worked

For any other year Monday to Friday count as working days, and the result says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from types import MappingProxyType

import chinese_calendar
import yaml

from nlu.clock import SHANGHAI


@dataclass(frozen=True, slots=True)
class Due:
    """A moment, and whether it rests on a year the calendar does not know."""

    at: datetime
    assumed: bool = False


@dataclass(frozen=True, slots=True)
class DeclaredYear:
    holidays: frozenset[date]
    worked: frozenset[date]


class BadCalendar(ValueError):
    """The message names file, year and fault."""


class WorkingCalendar:
    """Args: declared: years entered by hand; they win over the package."""

    def __init__(self, declared: Mapping[int, DeclaredYear] = MappingProxyType({})) -> None:
        self.declared = declared

    def knows(self, year: int) -> bool:
        return year in self.declared or year in announced_years()

    def works(self, day: date) -> bool:
        """Whether ``day`` is a working day; Monday to Friday in a year that is not known."""
        if day.year in self.declared:
            year = self.declared[day.year]
            return day in year.worked or (day.weekday() < 5 and day not in year.holidays)
        if day.year in announced_years():
            return bool(chinese_calendar.is_workday(day))
        return day.weekday() < 5

    def end_of_day(self, start: datetime, *, working_days: int) -> Due:
        """24:00, Beijing time, of the nth working day after that of ``start``.

        Args:
            start: timezone-aware; its own day is not counted.
            working_days: 0: the end of the day itself.

        Returns:
            In the zone of ``start``.

        Raises:
            ValueError: ``start`` is naive, or the number of days negative.
        """
        if start.tzinfo is None:
            raise ValueError("start must carry a timezone")
        if working_days < 0:
            raise ValueError(f"not a number of days: {working_days}")
        day = start.astimezone(SHANGHAI).date()
        assumed = False
        while working_days:
            day += timedelta(days=1)
            assumed = assumed or not self.knows(day.year)
            working_days -= self.works(day)
        midnight = datetime.combine(day + timedelta(days=1), time(), SHANGHAI)
        return Due(midnight.astimezone(start.tzinfo), assumed)

    def warning(self, now: datetime) -> str | None:
        """What an administrator should be told, sixty days ahead; None: all is well."""
        year = (now + timedelta(days=60)).astimezone(SHANGHAI).year
        if self.knows(year):
            return None
        return (
            f"the holidays of {year} are not known: Monday to Friday count as working days; "
            "update the package chinesecalendar or enter the year in the calendar file"
        )


def announced_years() -> range:
    days = chinese_calendar.constants.holidays
    return range(min(days).year, max(days).year + 1)


def load_calendar(path: Path) -> WorkingCalendar:
    """The calendar with the years of a YAML file, in the form shown above.

    Raises:
        BadCalendar: it is not of that form, or a date lies in another year.
    """
    try:
        years = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except yaml.YAMLError as fault:
        raise BadCalendar(f"{path.name}: not YAML: {fault}") from fault
    if not isinstance(years, dict):
        raise BadCalendar(f"{path.name}: expected years, each with holidays and worked")
    return WorkingCalendar({y: declared_year(path.name, y, days) for y, days in years.items()})


def declared_year(file: str, year: object, days: object) -> DeclaredYear:
    if not isinstance(year, int) or not isinstance(days, dict):
        raise BadCalendar(f"{file}: {year}: expected a year with holidays and worked")
    for name in days:
        if name not in ("holidays", "worked"):
            raise BadCalendar(f"{file}: {year}: unknown field “{name}”")
    holidays, worked = (days.get(name) or [] for name in ("holidays", "worked"))
    if not isinstance(holidays, list) or not isinstance(worked, list):
        raise BadCalendar(f"{file}: {year}: holidays and worked are lists of dates")
    for day in (*holidays, *worked):
        if type(day) is not date or day.year != year:
            raise BadCalendar(f"{file}: {year}: “{day}” is not a date of this year")
    return DeclaredYear(frozenset(holidays), frozenset(worked))
