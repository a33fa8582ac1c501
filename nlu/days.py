"""Days as they are said: “上周三”, “10月底”, “大年初二”, “前几天”, with what they mean.

What says neither year nor week means the nearest in the past, for people tell what has happened;
with ``ahead`` the nearest to come.
"""

import re
from collections.abc import Callable
from datetime import timedelta

from nlu.dates import (
    DAY,
    SEASON,
    THIRD,
    WEEKS,
    YEAR,
    D,
    Groups,
    M,
    Span,
    Today,
    dated,
    day_of_month,
    days,
    full_year,
    midnight,
    month_counted,
    month_day,
    month_of_year,
    named_month,
    nearest,
    one_day,
    season_alone,
    season_of_year,
    third_of_month,
    whole_year,
)
from nlu.festival import NAMES, days_off, festival, festival_day, lunar_day
from nlu.hours import CLOCK, PART
from nlu.numeral import value

WHICH = r"(上上上|上上|上|这|本|下下|下)"
WEEK = r"(?:周|星期|礼拜)"
WEEKDAY = (
    r"(一(?![直样共些次下个点边般定切圈遍])|"
    r"[二三四五六日天](?!个|[一二三四五六七八九十]*[次遍年岁栋楼])|[1-7](?![\d:：点次个]))"
)
OFFSETS = {"大前": -3, "前": -2, "昨": -1, "今": 0, "明": 1, "后": 2, "大后": 3}
SPOKEN = r"(大前(?=天)|大后(?=天)|[前昨今明后])(?:[天日]|儿个?|个儿)"
VAGUE = {
    "前几天": (-7, 0), "前些天": (-10, 0), "前两天": (-3, 0), "头两天": (-3, 0), "头几天": (-7, 0),
    "前阵子": (-60, -7), "前段时间": (-60, -7), "前段日子": (-60, -7), "前一阵子": (-60, -7),
    "前一阵": (-60, -7), "前一段时间": (-60, -7),
}  # fmt: skip
"""Whole days from and to, before today."""
LATELY = {
    "这两天": 1, "近两天": 1, "这几天": 6, "近几天": 6, "这些天": 10, "近日": 6, "这阵子": 30,
    "这段时间": 30, "近段时间": 30, "这一段时间": 30, "最近这段时间": 30, "这一阵子": 30,
    "这些日子": 30, "这段日子": 30, "最近几天": 6, "最近两天": 1, "最近这几天": 6, "最近这两天": 1,
    "最近": 30, "近期": 30, "近来": 30,
}  # fmt: skip
"""So many days back until now."""
AROUND = 3
"""Days before and after a festival that “前后” takes in."""
NAMED_PLACE = r"(?!路|街|[东西南北][路街里]|里|胡同|小区|社区|村|广场|大道|饭店|小学|中学|幼儿园)"
THAT_DAY = (
    rf"(?=的?{PART}|的?{CLOCK}|[早晚夜]{CLOCK}|[早晚](?![上饭餐点安])|起(?!来)|开始|以后|之后|那天|"
    r"当天|左右|前后|到|至|-)"
)
"""What follows a day of the month that is no house number."""

Row = tuple[str, Callable[[Groups, Today], Span]]


def weekday(groups: Groups, today: Today) -> Span:
    monday = today.date - today.date.weekday() * DAY
    number = "一二三四五六日".find(groups[1].replace("天", "日").replace("7", "日"))
    number = int(groups[1]) - 1 if number < 0 else number
    if groups[0]:
        on = monday + (7 * WEEKS[groups[0]] + number) * DAY
        return one_day(on)
    around = [monday + (7 * weeks + number) * DAY for weeks in (-1, 0, 1)]
    return today.nearest([one_day(on) for on in around])


def week(groups: Groups, today: Today) -> Span:
    monday = today.date + (7 * WEEKS[groups[0]] - today.date.weekday()) * DAY
    start, end = days(monday, monday + 6 * DAY)
    if groups[1] == "末":
        return start + 5 * DAY, end
    return {"初": (start, start + 2 * DAY), "底": (start + 4 * DAY, end)}.get(
        groups[1] or "", (start, end)
    )


def spoken(groups: Groups, today: Today) -> Span:
    return one_day(today.date + OFFSETS[groups[0]] * DAY)


def festive(groups: Groups, today: Today) -> Span:
    year, name, tail = groups
    name = name.removesuffix("节") if name not in NAMES.split("|") else name
    years = [full_year(year, today)] if year else ()
    return nearest(today, lambda y: around(name, y, tail or ""), years)


def around(name: str, year: int, tail: str) -> Span:
    first, last = festival(name, year)
    if re.search("期|假", tail):
        first, last = days_off(name, year)
    elif tail in ("当天", "那天", "晚", "夜"):
        first = last = festival_day(name, year)
    if "前后" in tail:
        return days(first - AROUND * DAY, last + AROUND * DAY)
    return days(first, last)


def first_month(groups: Groups, today: Today) -> Span:
    """“大年初二”, “正月十五”, “大年三十”."""
    said = groups[0].removeprefix("初")
    day = 0 if said == "三十" else value(said)
    return nearest(today, lambda year: one_day(lunar_day(year, day)))


def twelfth_month(groups: Groups, today: Today) -> Span:
    """“腊月二十三”, counted from that day, the northern 小年."""
    after = value(groups[0].removeprefix("初")) - 23
    return nearest(today, lambda year: one_day(festival_day("小年", year) + after * DAY))


def vague(groups: Groups, today: Today) -> Span:
    first, last = VAGUE[groups[0]]
    start = midnight(today.date)
    return start + first * DAY, start + last * DAY


def lately(groups: Groups, today: Today) -> Span:
    return midnight(today.date - LATELY[groups[0]] * DAY), today.now


def just_now(groups: Groups, today: Today) -> Span:
    return today.now - timedelta(hours=1), today.now


def right_now(groups: Groups, today: Today) -> Span:
    return today.now, today.now + timedelta(minutes=1)


def choice(words: dict[str, tuple[int, int]] | dict[str, int]) -> str:
    return "(" + "|".join(sorted(words, key=len, reverse=True)) + ")"


ROWS: tuple[Row, ...] = (
    (rf"{YEAR}({M})月(?:份)?的?({D})(?:[号日]|(?![\d个点]))", dated),
    (r"(20\d\d)[-/.](1[0-2]|0?[1-9])[-/.](3[01]|[12]\d|0?[1-9])日?(?!\d)", dated),
    (rf"{YEAR}({M})月(?:份)?{THIRD}?", month_of_year),
    (rf"(?:大年|正月)(初?(?:{D}))", first_month),
    (rf"(?:{YEAR})?({NAMES})节?(期间|假期|长假|小长假|放假|前后|当天|那天)?{NAMED_PLACE}", festive),
    (rf"腊月(初?(?:{D}))", twelfth_month),
    (rf"{YEAR}的?{SEASON}", season_of_year),
    (rf"{YEAR}(初|底|末)", season_of_year),
    (
        r"(20\d\d|19\d\d|(?<!\d)(?:0\d|[89]\d)(?=年)|[零〇一二三四五六七八九]{4}|大前|[去今前明])年"
        r"(?![级纪龄轻代度会])",
        whole_year,
    ),
    (rf"(?<![\d一二三四五六七八九十第])({M})月(?:份)?({D})(?:[号日]|(?={PART}))", month_day),
    (
        rf"(?<![\d一二两三四五六七八九十个第])({M})月(?:份)?{THIRD}?(?![亮饼球租薪供票卡子])",
        named_month,
    ),
    (rf"{WHICH}个?月的?(?:({D})[号日]|{THIRD})?(?!亮|饼|子)", month_counted),
    (r"(?<!个)月(初|底|中旬|末)(?!的?账)", third_of_month),
    (rf"(?<![\d一二三四五六七八九十-])({D})[号日]{THAT_DAY}", day_of_month),
    (rf"{WHICH}?个?(?<![一两二三四几半每各\d]){WEEK}{WEEKDAY}", weekday),
    (rf"{WHICH}个?{WEEK}(末|初|底)?(?![一二三四五六日天])", week),
    (SPOKEN, spoken),
    (choice(VAGUE), vague),
    (choice(LATELY), lately),
    (rf"(?<!一){SEASON}(?!衣|装|服)", season_alone),
    (r"(刚才|刚刚|方才|适才|刚刚才)", just_now),
    (r"(这会儿|此刻|眼下)", right_now),
)
BARE: tuple[Row, ...] = (
    (r"(1[0-2]|0?[1-9])[.](3[01]|[12]\d|0?[1-9])", month_day),
    (rf"({M})月({D})", month_day),
    (rf"{YEAR}({M})月(?:份)?({D})", dated),
    (rf"({D})[号日]", day_of_month),
    (r"(20\d\d)[-/.](1[0-2]|0?[1-9])", lambda g, t: month_of_year((g[0], g[1], ""), t)),
)
"""Days only where nothing else stands beside them."""


def unnamed(pattern: str) -> str:
    """The pattern without its groups, to be part of another one."""
    return re.sub(r"(?<!\\)\((?!\?)", "(?:", pattern)


NAMED_DAY = "(?:" + "|".join(unnamed(pattern) for pattern, _ in ROWS) + ")"
"""A regular expression without groups for any of these days."""
BARE_DAY = "(?:" + "|".join(unnamed(pattern) for pattern, _ in BARE) + ")"
READ = tuple((re.compile(pattern), read) for pattern, read in (*ROWS, *BARE))


def read_day(said: str, today: Today) -> Span:
    """The days meant, in Beijing time, the end exclusive.

    Raises:
        ValueError: no such days.
        OverflowError: beyond the calendar.
    """
    for pattern, meaning in READ:
        match = pattern.fullmatch(said)
        if match is not None:
            return meaning(tuple(match.groups()), today)
    raise ValueError(f"no such day: {said!r}")
