"""Dates, months, seasons and years as they are said, with what they mean.

What says no year or month means the nearest in the past, for people tell what has happened; with
``ahead`` the nearest to come.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from nlu.clock import SHANGHAI
from nlu.numeral import value

DAY = timedelta(days=1)
Span = tuple[datetime, datetime]
Groups = tuple[str, ...]

M = r"(?:1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九正])"
D = (
    r"(?:3[01]|[12]\d|0?[1-9]|三十一?|二?十[一二三四五六七八九]?|廿[一二三四五六七八九]?|"
    r"[一二三四五六七八九])"
)
YEAR = r"(20\d\d|19\d\d|\d\d|[零〇一二三四五六七八九]{4}|大前|[去今前明本])年的?"
THIRD = r"(初|上旬|中旬|中(?!午|秋|学|小|心|间)|下旬|底|末)"
SEASON = (
    r"(春天|春季|夏天|夏季|秋天|秋季|冬天|冬季|年初|年中|年底|年末|上半年|下半年|暑假|寒假|"
    r"采暖季|供暖季)"
)
YEARS_BACK = {"大前": -3, "前": -2, "去": -1, "今": 0, "本": 0, "明": 1}
WEEKS = {"上上上": -3, "上上": -2, "上": -1, "这": 0, "本": 0, "下": 1, "下下": 2}
THIRDS = {"初": (1, 10), "上旬": (1, 10), "中": (11, 20), "中旬": (11, 20)}
LATE = 21
"""The last third of a month begins on its 21st."""
MONTHS = {
    "春": (3, 5), "夏": (6, 8), "秋": (9, 11), "冬": (12, 14), "年初": (1, 3), "年中": (6, 7),
    "年底": (11, 12), "年末": (11, 12), "上半年": (1, 6), "下半年": (7, 12), "暑假": (7, 8),
}  # fmt: skip
"""Months from and to, above 12 in the year after."""
HEATING = ((11, 15), (3, 15))
"""From and to, as Beijing heats (北京市供热采暖管理办法, 2010)."""


@dataclass(frozen=True, slots=True)
class Today:
    """Where days are counted from; ``now`` in Beijing time."""

    now: datetime
    ahead: bool = False

    @property
    def date(self) -> date:
        return self.now.date()

    def nearest(self, candidates: list[Span]) -> Span:
        """The last that has begun, or with ``ahead`` the first that is not over."""
        if self.ahead:
            return min((c for c in candidates if c[1] > self.now), default=max(candidates))
        return max((c for c in candidates if c[0] <= self.now), default=min(candidates))


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)


def days(first: date, last: date) -> Span:
    return midnight(first), midnight(last + DAY)


def months(year: int, first: int, last: int) -> Span:
    """Whole months; numbers outside 1–12 lie in other years."""
    start, end = (date(year + (n - 1) // 12, (n - 1) % 12 + 1, 1) for n in (first, last + 1))
    return midnight(start), midnight(end)


def full_year(said: str, today: Today) -> int:
    if said in YEARS_BACK:
        return today.date.year + YEARS_BACK[said]
    year = value(said)
    return year if year > 99 else year + (1900 if year >= 70 else 2000)


def nearest(today: Today, of_year: Callable[[int], Span], years: Iterable[int] = ()) -> Span:
    """The nearest of the days ``of_year`` gives, in those years (or months) that have them.

    Raises:
        ValueError: none of the years has them.
    """
    candidates = []
    for year in years or range(today.date.year - 2, today.date.year + 2):
        try:
            candidates.append(of_year(year))
        except ValueError:
            continue
    if not candidates:
        raise ValueError("no such day")
    return today.nearest(candidates)


def one_day(on: date) -> Span:
    return days(on, on)


def month_number(said: str) -> int:
    return 1 if said == "正" else value(said)


def dated(groups: Groups, today: Today) -> Span:
    year, month, day = groups
    return one_day(date(full_year(year, today), month_number(month), value(day)))


def month_day(groups: Groups, today: Today) -> Span:
    month, day = month_number(groups[0]), value(groups[1])
    return nearest(today, lambda year: one_day(date(year, month, day)))


def third(start: Span, which: str | None) -> Span:
    """The first, second or last ten days of a month; None: all of it."""
    first, end = start
    if not which:
        return start
    if which in THIRDS:
        low, high = THIRDS[which]
        return first + (low - 1) * DAY, first + high * DAY
    return first + (LATE - 1) * DAY, end


def month_of_year(groups: Groups, today: Today) -> Span:
    year, month = full_year(groups[0], today), month_number(groups[1])
    return third(months(year, month, month), groups[2])


def named_month(groups: Groups, today: Today) -> Span:
    month = month_number(groups[0])
    return nearest(today, lambda year: third(months(year, month, month), groups[1]))


def month_counted(groups: Groups, today: Today) -> Span:
    """“上个月15号”, “这个月底”, “本月”."""
    month = today.date.month + WEEKS[groups[0]]
    whole = months(today.date.year, month, month)
    if groups[1]:
        return one_day(whole[0].date().replace(day=value(groups[1])))
    return third(whole, groups[2])


def third_of_month(groups: Groups, today: Today) -> Span:
    here = today.date.month
    return today.nearest(
        [third(months(today.date.year, m, m), groups[0]) for m in (here - 1, here, here + 1)]
    )


def day_of_month(groups: Groups, today: Today) -> Span:
    day = value(groups[0])
    here = 12 * today.date.year + today.date.month - 1

    def of_month(number: int) -> Span:
        return one_day(date(number // 12, number % 12 + 1, day))

    return nearest(today, of_month, range(here - 2, here + 3))


def whole_year(groups: Groups, today: Today) -> Span:
    return months(full_year(groups[0], today), 1, 12)


def season_of_year(groups: Groups, today: Today) -> Span:
    return season(groups[1], full_year(groups[0], today))


def season(name: str, year: int) -> Span:
    """A part of a year; what has no “年” of its own may come as 初, 底 after a year."""
    name = {"初": "年初", "底": "年底", "末": "年末", "中": "年中"}.get(name, name)
    if name in ("采暖季", "供暖季"):
        (m1, d1), (m2, d2) = HEATING
        return days(date(year, m1, d1), date(year + 1, m2, d2))
    if name == "寒假":
        return months(year, 1, 2)
    return months(year, *MONTHS[name if name in MONTHS else name[0]])


def season_alone(groups: Groups, today: Today) -> Span:
    return nearest(today, lambda year: season(groups[0], year))
