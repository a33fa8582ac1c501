"""Hours of a day as they are said: “下午三点半”, “早高峰”, “十一点多”.

Minutes run from 0:00 of the day that is meant, past 1440 into the night after it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from nlu.numeral import value

PARTS: Mapping[str, tuple[int, int]] = MappingProxyType(
    {
        "凌晨": (0, 6),
        "清晨": (5, 9),
        "清早": (5, 9),
        "一大早": (5, 9),
        "一早": (5, 9),
        "大清早": (5, 9),
        "大早上": (5, 9),
        "大早晨": (5, 9),
        "早上": (5, 9),
        "早晨": (5, 9),
        "早间": (5, 9),
        "早高峰": (7, 9),
        "晚高峰": (17, 20),
        "头晌": (8, 12),
        "上午": (8, 12),
        "大中午": (11, 14),
        "正午": (11, 14),
        "中午": (11, 14),
        "晌午": (11, 14),
        "午休": (12, 14),
        "午后": (12, 18),
        "后晌": (13, 18),
        "大下午": (13, 18),
        "下午": (13, 18),
        "傍晚": (17, 20),
        "黄昏": (17, 20),
        "大晚上": (18, 24),
        "晚上": (18, 24),
        "晚间": (18, 24),
        "夜晚": (18, 24),
        "入夜": (18, 24),
        "夜里": (22, 30),
        "夜间": (22, 30),
        "深夜": (22, 29),
        "深更半夜": (23, 29),
        "三更半夜": (23, 29),
        "大半夜": (23, 29),
        "午夜": (23, 29),
        "半夜": (23, 29),
        "后半夜": (24, 29),
        "下半夜": (24, 29),
        "前半夜": (20, 24),
        "上半夜": (20, 24),
        "白天": (6, 18),
        "大白天": (6, 18),
    }
)
"""Parts of the day in hours. Forecasters' parts (QX/T, 上午 8–11 …) leave gaps; these are the
same, widened until none is left. Rush hours are those of Beijing's traffic police notices."""
PART = "(?:" + "|".join(sorted(PARTS, key=len, reverse=True)) + ")"
NIGHTS = frozenset(part for part, (_, end) in PARTS.items() if end > 24)
BEFORE_NOON = 12

TWO = r"(?:一二|两三|二三|三四|四五|五六|六七|七八|八九|九十|十一二|十一、十二)"
HOUR = r"(?:2[0-4]|1\d|0?\d|二十[一二三四]?|十[一二三四五六七八九]?|[零一二两三四五六七八九])"
NOT_A_CLOCK = (
    r"(?!建议|意见|要求|问题|原因|理由|疑问|疑惑|希望|想法|诉求|请求|说明|小?[钱事]|儿|也|都|点|"
    r"五[倍万]|位|赞|东西|内容|解释|看法|体会|措施|方面)"
)
CLOCK = (
    rf"(?:(?:快|将近|大概|大约|差不多|约)?"
    rf"(?:(?:{TWO}|\d{{1,2}}[、~]\d{{1,2}}|{HOUR})点{NOT_A_CLOCK}(?:钟|整)?"
    rf"(?:[0-5]?\d分?|[零一二三四五]?十?[一二三四五六七八九十]分?|半|一刻|三刻|[过差][一三]刻)?|"
    r"(?:2[0-4]|1\d|0?\d)时(?!间|候|段|常|不时|代|速|长|限|效|期|装|节|左|许)(?:[0-5]?\d分|许)?|"
    r"(?:2[0-4]|[01]?\d)[:：][0-5]\d(?::[0-5]\d)?)"
    r"(?:钟|整|多|来钟|左右|前后|上下|许)*)"
)
READ_CLOCK = re.compile(
    r"(?P<vague>快|将近|大概|大约|差不多|约)?"
    rf"(?:(?P<two>{TWO}|\d{{1,2}}[、~]\d{{1,2}})|(?P<hour>{HOUR}))(?:[点时]|[:：](?=\d))(?:钟|整)?"
    r"(?:(?P<minute>[0-5]?\d|[零一二三四五]?十?[一二三四五六七八九十])分?|"
    r"(?P<part>半|一刻|三刻|[过差][一三]刻))?(?::\d\d)?(?P<about>(?:钟|整|多|来钟|左右|前后|上下|许)*)"
)
QUARTERS = {
    "半": 30, "一刻": 15, "三刻": 45, "过一刻": 15, "过三刻": 45, "差一刻": -15, "差三刻": -45,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hours:
    """``sure``: the part of the day is said, or the hour needs none.

    ``at``: the moment itself, where a clock was read, for the end of a range.
    """

    start: int
    end: int
    sure: bool = True
    at: int | None = None

    def later(self, minutes: int) -> "Hours":
        return Hours(
            self.start + minutes,
            self.end + minutes,
            self.sure,
            None if self.at is None else self.at + minutes,
        )


def read_hours(parts: str, clock: str) -> Hours | None:
    """Hours of one or two parts of the day and a clock; each may be empty, not both.

    Raises:
        ValueError: no such time of day.
    """
    names = re.findall(PART, parts)
    if not clock:
        return part_hours(names) if names else None
    match = READ_CLOCK.fullmatch(clock)
    if match is None:
        raise ValueError(f"not a time of day: {clock!r}")
    hours = clock_hours(match)
    return in_part(hours, names) if names else hours


def part_hours(names: list[str]) -> Hours:
    """“晚上”, or “昨天晚上凌晨”: the small hours after that evening."""
    start, end = PARTS[names[-1]]
    after_midnight = names[-1] == "凌晨" and len(names) > 1
    return Hours(start * 60, end * 60).later(1440 if after_midnight else 0)


def clock_hours(match: re.Match[str]) -> Hours:
    first, last = hour_range(match)
    minute = match["minute"]
    past = value(minute) if minute else QUARTERS.get(match["part"] or "", 0)
    if not -60 < past < 60 or not 0 <= first <= last <= 24:
        raise ValueError(f"not a time of day: {match.group(0)!r}")
    at = first * 60 + past
    width = 1 if minute or match["part"] or re.search("[:：]", match.group(0)) else 60
    sure = first > BEFORE_NOON or first == 0 or match.group(0).startswith("0")
    start, end = at, last * 60 + past + width
    if match["vague"] in ("快", "将近"):
        start, end = at - 30, at
    elif match["vague"] or re.search("左右|前后|上下|来钟|许", match["about"]):
        start, end = at - 30, last * 60 + past + 30
    return Hours(start, end, sure, at)


def hour_range(match: re.Match[str]) -> tuple[int, int]:
    if not match["two"]:
        return value(match["hour"]), value(match["hour"])
    two = match["two"]
    if "、" in two or "~" in two:
        first, last = re.split("[、~]", two)
        return value(first), value(last)
    if two == "十一二":
        return 11, 12
    return value(two[0]), value(two[1])


def in_part(hours: Hours, names: list[str]) -> Hours:
    """The hours moved to the part of the day: 3 in the afternoon is 15, 12 at night is 24."""
    sure = Hours(hours.start, hours.end, at=hours.at)
    hour = hours.at // 60 if hours.at is not None else 0
    name = names[-1]
    start, end = PARTS[name]
    if end > 24 or name in {"晚上", "大晚上", "晚间", "夜晚", "入夜", "前半夜", "上半夜"}:
        moved = 1440 if hour < 6 else 720 if hour <= BEFORE_NOON else 0
    elif name == "凌晨":
        moved = -720 if hour == BEFORE_NOON else 0
        moved += 1440 if len(names) > 1 else 0
    else:
        moved = 720 if start >= 11 and hour < min(start, 11) else 0
    if hour > BEFORE_NOON and moved == 720:
        moved = 0
    return sure.later(moved)
