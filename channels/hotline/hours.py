"""When people sit at the desk: shifts on weekdays, or on the working days of the calendar."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, field_validator, model_validator

from actions.tickets.calendar import WorkingCalendar
from nlu.clock import SHANGHAI

LOOKS_AHEAD = 60
"""Days within which the desk opens again, or not at all."""


class Day(StrEnum):
    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


DAYS = tuple(Day)
NAMES = "一二三四五六日"
GROUPS = {"workdays": "工作日", "daily": "每天"}


def clock_time(text: str) -> str:
    """A time of day as ``9:00`` to ``24:00``."""
    hour, colon, minute = text.partition(":")
    if not (colon and hour.isdecimal() and minute.isdecimal() and len(minute) == 2):
        raise ValueError("must be a time of day such as 9:00")
    if int(minute) > 59 or int(hour) * 60 + int(minute) > 24 * 60:
        raise ValueError("must be a time of day such as 9:00")
    return f"{int(hour)}:{minute}"


TimeOfDay = Annotated[str, AfterValidator(clock_time)]


class Shift(BaseModel):
    """Days and the time between which the desk is open on them.

    ``workdays`` are working days of the Chinese calendar, swapped weekends included; named days
    count whether or not they are holidays.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    days: Literal["workdays", "daily"] | tuple[Day, ...]
    opens: TimeOfDay
    closes: TimeOfDay

    @field_validator("days", mode="before")
    @classmethod
    def known_days(cls, days: object) -> object:
        named = isinstance(days, (list, tuple)) and days and set(map(str, days)) <= set(DAYS)
        if not named and not (isinstance(days, str) and days in GROUPS):
            raise ValueError(f"must be {', '.join(GROUPS)}, or a list of {', '.join(DAYS)}")
        return days

    @model_validator(mode="after")
    def opens_before_it_closes(self) -> Self:
        if after_midnight(self.opens) >= after_midnight(self.closes):
            raise ValueError("must open before it closes; a night is two shifts")
        return self

    @property
    def days_in_words(self) -> str:
        if isinstance(self.days, str):
            return GROUPS[self.days]
        return "周" + "、".join(NAMES[DAYS.index(day)] for day in self.days)


def after_midnight(time_of_day: str) -> timedelta:
    hour, _, minute = time_of_day.partition(":")
    return timedelta(hours=int(hour), minutes=int(minute))


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """No shifts: there is no desk."""

    shifts: Sequence[Shift]
    calendar: WorkingCalendar

    def is_open(self, at: datetime) -> bool:
        """Args: at: timezone-aware."""
        return any(start <= at < end for start, end in self.spans(local_day(at)))

    def opening(self, at: datetime) -> datetime | None:
        """When it opens next after ``at``, Asia/Shanghai; None: not in the next sixty days."""
        for ahead in range(LOOKS_AHEAD):
            for start, _ in self.spans(local_day(at) + timedelta(days=ahead)):
                if start > at:
                    return start
        return None

    def spans(self, day: date) -> list[tuple[datetime, datetime]]:
        """The times of a day at which it is open, in order; they may overlap."""
        midnight = datetime.combine(day, time(), SHANGHAI)
        return sorted(
            (midnight + after_midnight(shift.opens), midnight + after_midnight(shift.closes))
            for shift in self.shifts
            if self.counts(shift, day)
        )

    def counts(self, shift: Shift, day: date) -> bool:
        if shift.days == "daily":
            return True
        if shift.days == "workdays":
            return self.calendar.works(day)
        return DAYS[day.weekday()] in shift.days

    def in_words(self) -> str:
        """All shifts for residents: “工作日9:00–12:00、13:30–17:00，周六9:00–12:00”."""
        days: dict[str, list[str]] = {}
        for shift in self.shifts:
            days.setdefault(shift.days_in_words, []).append(f"{shift.opens}–{shift.closes}")
        return "，".join(f"{name}{'、'.join(times)}" for name, times in days.items())

    def opening_in_words(self, at: datetime) -> str:
        """“今天13:30”, “明天9:00”, “12月1日（周二）9:00”; empty where it does not open again."""
        opens = self.opening(at)
        if opens is None:
            return ""
        ahead = (opens.date() - local_day(at)).days
        day = {0: "今天", 1: "明天"}.get(ahead)
        named = f"{opens.month}月{opens.day}日（周{NAMES[opens.weekday()]}）"
        return f"{day or named}{opens.hour}:{opens:%M}"


def local_day(at: datetime) -> date:
    return at.astimezone(SHANGHAI).date()
