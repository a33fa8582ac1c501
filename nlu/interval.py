"""What an expression of time means: a stretch of time, or the rule by which it comes back.

Both have a form to store, which ``stored`` reads again, and one to show.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from nlu.clock import SHANGHAI

DAY = timedelta(days=1)
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
WEEKDAY_NAMES = "一二三四五六日"


class Frequency(StrEnum):
    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"
    YEARLY = "YEARLY"


class DayKind(StrEnum):
    """Days of the official calendar with its swapped weekends; RFC 5545 cannot say it."""

    WORKING = "WORKING"
    HOLIDAY = "HOLIDAY"


FREQUENCY_NAMES = {
    Frequency.DAILY: "天",
    Frequency.WEEKLY: "周",
    Frequency.MONTHLY: "月",
    Frequency.YEARLY: "年",
}
DAY_KIND_NAMES = {DayKind.WORKING: "工作日", DayKind.HOLIDAY: "节假日"}


@dataclass(frozen=True, slots=True)
class Interval:
    """From ``start`` to just before ``end``, timezone-aware, in Beijing time; None: still open.

    Raises:
        ValueError: a moment without timezone, or an end before the start.
    """

    start: datetime
    end: datetime | None

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or (self.end is not None and self.end.tzinfo is None):
            raise ValueError("an interval needs timezones")
        if self.end is not None and self.end < self.start:
            raise ValueError("an interval cannot end before it starts")

    def isoformat(self) -> str:
        """ISO 8601 interval, “..” for an open end (ISO 8601-2:2019)."""
        return f"{iso(self.start)}/{iso(self.end) if self.end else '..'}"

    def in_words(self) -> str:
        """In Chinese: “2026年11月17日（周二）23:00–24:00”."""
        start = self.start.astimezone(SHANGHAI)
        if self.end is None:
            return f"{date_words(start)}{'' if is_midnight(start) else f'{start:%H:%M}'}起"
        end = self.end.astimezone(SHANGHAI)
        last = end if not is_midnight(end) or end == start else end - DAY
        whole = is_midnight(start) and is_midnight(end) and end > start
        if start.date() == last.date():
            hours = "" if whole else f"{start:%H:%M}–{'24:00' if last != end else f'{end:%H:%M}'}"
            return f"{date_words(start)}{hours}"
        if whole:
            return f"{date_words(start)}–{date_words(last)}"
        closing = f"{date_words(last)}{'24:00' if last != end else f'{end:%H:%M}'}"
        return f"{date_words(start)}{start:%H:%M}–{closing}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurrence:
    """What comes back again and again.

    Args:
        every: 2: every other one.
        weekdays: 0–6, Monday first. monthdays: 1–31. months: 1–12. Empty: any.
        days: only these days of the official calendar.
        hours: minutes of the day from and to, to above 1440 past midnight; empty: any.
        since, until: between which it came back; None: not said.
    """

    frequency: Frequency
    every: int = 1
    weekdays: tuple[int, ...] = ()
    monthdays: tuple[int, ...] = ()
    months: tuple[int, ...] = ()
    days: DayKind | None = None
    hours: tuple[tuple[int, int], ...] = ()
    since: datetime | None = None
    until: datetime | None = None

    def __post_init__(self) -> None:
        if any(not 0 <= start < 1440 or not start < end <= 2880 for start, end in self.hours):
            raise ValueError(f"no hours of a day: {self.hours}")
        if any(m is not None and m.tzinfo is None for m in (self.since, self.until)):
            raise ValueError("a recurrence needs timezones")
        if self.since and self.until and self.until < self.since:
            raise ValueError("a recurrence cannot end before it starts")

    def isoformat(self) -> str:
        """Properties of RFC 5545 separated by blanks: DTSTART, and an RRULE with its DURATION
        for each range of hours; X-LINLI-DAYS for days of the official calendar."""
        rule = [f"FREQ={self.frequency}"]
        rule += [f"INTERVAL={self.every}"] if self.every > 1 else []
        rule += [f"BYMONTH={','.join(map(str, self.months))}"] if self.months else []
        rule += [f"BYMONTHDAY={','.join(map(str, self.monthdays))}"] if self.monthdays else []
        weekdays = ",".join(WEEKDAYS[day] for day in self.weekdays)
        rule += [f"BYDAY={weekdays}"] if weekdays else []
        until = [f"UNTIL={self.until.astimezone(SHANGHAI):%Y%m%dT%H%M}"] if self.until else []
        since = [f"DTSTART:{self.since.astimezone(SHANGHAI):%Y%m%dT%H%M}"] if self.since else []
        lines = [
            f"RRULE:{';'.join([*rule, *at_hour(start), *until])} DURATION:PT{end - start}M"
            for start, end in self.hours
        ] or [f"RRULE:{';'.join([*rule, *until])}"]
        days = [f"X-LINLI-DAYS:{self.days}"] if self.days else []
        return " ".join([*since, *lines, *days])

    def in_words(self) -> str:
        """In Chinese: “每周六 18:00–24:00”."""
        period = "" if self.since is None else f"，{date_words(self.since.astimezone(SHANGHAI))}起"
        if self.since and self.until:
            period = f"，{Interval(self.since, self.until).in_words()}"
        hours = "、".join(f"{hour_words(start)}–{hour_words(end)}" for start, end in self.hours)
        return f"{self.which_days()}{' ' if hours else ''}{hours}{period}"

    def which_days(self) -> str:
        if self.days:
            return DAY_KIND_NAMES[self.days]
        unit = FREQUENCY_NAMES[self.frequency]
        if self.every > 1:
            return f"每{self.every}{'个月' if unit == '月' else unit}"
        months = "、".join(f"{month}月" for month in self.months)
        days = "、".join(f"{day}日" for day in self.monthdays)
        return f"每{unit}{months}{days}{'、'.join(WEEKDAY_NAMES[d] for d in self.weekdays)}"


Meaning = Interval | Recurrence

PROPERTY = re.compile(r"(DTSTART|RRULE|DURATION|X-LINLI-DAYS):(\S+)")


def stored(text: str) -> Meaning:
    """What ``isoformat`` wrote.

    Raises:
        ValueError: it was not written by it.
    """
    if "RRULE:" not in text:
        start, _, end = text.partition("/")
        return Interval(moment(start), None if end == ".." else moment(end))
    properties = PROPERTY.findall(text)
    given = dict(properties)
    rules = [dict(part.split("=") for part in v.split(";")) for n, v in properties if n == "RRULE"]
    lengths = [int(v[2:-1]) for name, v in properties if name == "DURATION"]
    starts = [int(rule["BYHOUR"]) * 60 + int(rule["BYMINUTE"]) for rule in rules if lengths]
    since, kind = given.get("DTSTART"), given.get("X-LINLI-DAYS")
    rule = rules[0]
    return Recurrence(
        frequency=Frequency(rule["FREQ"]),
        every=int(rule.get("INTERVAL", "1")),
        weekdays=tuple(WEEKDAYS.index(d) for d in rule.get("BYDAY", "").split(",") if d),
        monthdays=numbers(rule.get("BYMONTHDAY", "")),
        months=numbers(rule.get("BYMONTH", "")),
        days=DayKind(kind) if kind else None,
        hours=tuple((s, s + n) for s, n in zip(starts, lengths, strict=True)),
        since=moment(since) if since else None,
        until=moment(rule["UNTIL"]) if "UNTIL" in rule else None,
    )


def moment(written: str) -> datetime:
    at = datetime.fromisoformat(written)
    return at if at.tzinfo else at.replace(tzinfo=SHANGHAI)


def numbers(listed: str) -> tuple[int, ...]:
    return tuple(int(n) for n in listed.split(",") if n)


def iso(at: datetime) -> str:
    return at.astimezone(SHANGHAI).isoformat(timespec="minutes")


def at_hour(minutes: int) -> tuple[str, str]:
    return f"BYHOUR={minutes // 60}", f"BYMINUTE={minutes % 60}"


def is_midnight(at: datetime) -> bool:
    return (at.hour, at.minute) == (0, 0)


def date_words(at: datetime) -> str:
    return f"{at.year}年{at.month}月{at.day}日（周{WEEKDAY_NAMES[at.weekday()]}）"


def hour_words(minutes: int) -> str:
    if minutes <= 1440:
        return f"{minutes // 60:02}:{minutes % 60:02}"
    return f"次日{minutes // 60 - 24:02}:{minutes % 60:02}"
