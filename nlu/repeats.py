"""What comes back, as it is said: “每天凌晨”, “每周六晚上”, “工作日早高峰”."""

import re
from collections.abc import Callable, Iterator

from nlu.dates import D, M
from nlu.days import unnamed
from nlu.hours import PART, PARTS
from nlu.interval import DayKind, Frequency, Recurrence
from nlu.numeral import NUMERAL, value

WEEK = r"(?:周|星期|礼拜)"
EVERY = r"(?:每到|每逢|每|逢|一到)"
WEEKDAYS = "一二三四五六日"
WORKING_WEEK = (0, 1, 2, 3, 4)
WEEKEND = (5, 6)
RUSH_HOURS = tuple((a * 60, b * 60) for a, b in (PARTS["早高峰"], PARTS["晚高峰"]))
BETWEEN_DAYS = r"[、和跟与及，,]?"
SEASONS = {"春": (3, 4, 5), "夏": (6, 7, 8), "秋": (9, 10, 11), "冬": (12, 1, 2)}
LONGER = {"天": Frequency.DAILY, "周": Frequency.WEEKLY, "星期": Frequency.WEEKLY,
          "礼拜": Frequency.WEEKLY, "月": Frequency.MONTHLY, "年": Frequency.YEARLY}  # fmt: skip

Groups = tuple[str, ...]


def daily(groups: Groups) -> Recurrence:
    return Recurrence(frequency=Frequency.DAILY)


def nightly(groups: Groups) -> Recurrence:
    """“每晚”, “夜夜”, “每早”."""
    part = {"早": "早上", "晚": "晚上", "夜": "夜里"}[groups[0]]
    start, end = PARTS[part]
    return Recurrence(frequency=Frequency.DAILY, hours=((start * 60, end * 60),))


def on_weekdays(groups: Groups) -> Recurrence:
    listed = groups[0].replace("天", "日").replace("7", "日")
    listed = re.sub("[1-6]", lambda m: WEEKDAYS[int(m.group(0)) - 1], listed)
    return Recurrence(
        frequency=Frequency.WEEKLY,
        weekdays=tuple(i for i, day in enumerate(WEEKDAYS) if day in listed),
    )


def from_to_weekday(groups: Groups) -> Recurrence:
    first, last = (WEEKDAYS.index(day.replace("天", "日")) for day in groups)
    if last < first:
        raise ValueError("a week ends on Sunday")
    return Recurrence(frequency=Frequency.WEEKLY, weekdays=tuple(range(first, last + 1)))


def working_days(groups: Groups) -> Recurrence:
    return Recurrence(frequency=Frequency.WEEKLY, weekdays=WORKING_WEEK, days=DayKind.WORKING)


def holidays(groups: Groups) -> Recurrence:
    return Recurrence(frequency=Frequency.DAILY, days=DayKind.HOLIDAY)


def weekends(groups: Groups) -> Recurrence:
    return Recurrence(frequency=Frequency.WEEKLY, weekdays=WEEKEND)


def weekly(groups: Groups) -> Recurrence:
    return Recurrence(frequency=Frequency.WEEKLY)


def monthly(groups: Groups) -> Recurrence:
    day, third = groups
    days = {"初": range(1, 11), "中": range(11, 21), "底": range(21, 32), "末": range(21, 32)}
    on = (value(day),) if day else tuple(days[third[0]]) if third else ()
    return Recurrence(frequency=Frequency.MONTHLY, monthdays=on)


def yearly(groups: Groups) -> Recurrence:
    month, season = groups
    number = 1 if month == "正" else value(month) if month else 0
    which = SEASONS[season] if season else (number,) if number else ()
    return Recurrence(frequency=Frequency.YEARLY, months=which)


def every_other(groups: Groups) -> Recurrence:
    """“每两天”; “每隔两天” leaves two days between, so it is every third."""
    apart, count, unit = groups
    number = (value(count) if count else 1) + (1 if apart else 0)
    return Recurrence(frequency=LONGER[unit], every=max(1, number))


def rush_hours(groups: Groups) -> Recurrence:
    return Recurrence(frequency=Frequency.DAILY, hours=RUSH_HOURS)


ROWS: tuple[tuple[str, Callable[[Groups], Recurrence]], ...] = (
    (r"(?:每天|天天|每日|日日|一天天|每一天|从早到晚|一天到晚|没日没夜|成天|日夜|白天黑夜)", daily),
    (rf"(?:每到|每逢|一到|每个?|逢)(?=(?:{PART}))", daily),
    (rf"(?:经常|总是|老是|常常|总在|老在|时常|平时)(?=(?:{PART}))", daily),
    (r"(?:每到|每逢|每|一到)个?(早|晚|夜)(?![上里间高晨])", nightly),
    (r"(?:夜|晚)(夜|晚)(?!上|里)", nightly),
    (rf"{EVERY}个?{WEEK}([一二三四五六日天])[到至-]{WEEK}?([一二三四五六日天])", from_to_weekday),
    (rf"(?<![上这本下]){WEEK}(一)[到至-]{WEEK}?(五)", from_to_weekday),
    (
        rf"{EVERY}个?{WEEK}([一二三四五六日天1-7](?:{BETWEEN_DAYS}{WEEK}?[一二三四五六日天])*)",
        on_weekdays,
    ),
    (rf"(?:工作日|上班日|{EVERY}个?工作日)", working_days),
    (rf"(?:{EVERY}个?)?(?:法定)?节假日", holidays),
    (rf"(?:(?:{EVERY}个?|逢)?(?:周末|双休日)|{EVERY}个?{WEEK}末)", weekends),
    (rf"每个?月的?(?:({D})[号日]|(初|底|中旬|末))?", monthly),
    (rf"每年的?(?:({M})月(?:份)?|([春夏秋冬])[天季])?", yearly),
    (rf"(?:每(?:个|一)?|每个)(?:{WEEK})(?![一二三四五六日天末])", weekly),
    (rf"每(隔)?({NUMERAL})?个?(天|周|星期|礼拜|月|年)", every_other),
    (r"(隔)(一)?(天|周)(?!壁)", every_other),
    (r"早晚高峰", rush_hours),
)
REPEAT = "(?:" + "|".join(unnamed(pattern) for pattern, _ in ROWS) + ")"
READ = tuple((re.compile(pattern), read) for pattern, read in ROWS)


def read_repeats(said: str) -> Iterator[tuple[Recurrence, str]]:
    """Every rule the text may begin with, and the rest of the text."""
    for pattern, rule in READ:
        match = pattern.match(said)
        if match is not None:
            try:
                yield rule(tuple(match.groups())), said[match.end() :]
            except ValueError:  # a day or number there is not
                continue
