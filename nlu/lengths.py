"""Lengths of time counted from now: “三天了”, “半个月前”, “近一周”, “好几个月”.

A length that goes on (了, 连着, 已经) has an open end; one said alone ends now. What lies a length
back (前) is as wide as the unit it was counted in: three days ago is that day, two months ago
that month.
"""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from nlu.dates import DAY, Span, months
from nlu.interval import Interval
from nlu.numeral import NUMERAL, value

UNITS = (
    r"(?:天|日(?=前|以前|之前|来|以来)|周|星期|礼拜|(?<=[个半多俩])月(?!\d|份|[初底中末])|"
    r"(?<!\d\d\d)(?<![零〇一二三四五六七八九]{3})年|小时|钟头|分钟|刻钟)"
)
PAIRS = r"(?:一两|两三|三四|四五|五六|六七|七八|八九|一二|二三)"
COUNT = rf"(?:好几|十?几|数|半|{PAIRS}|{NUMERAL})"
LEAD = r"(?:连着|连续|持续|已经|已有|整整|将近|大概|大约|差不多|至少|过去|最近|近|这|快|都|有|已)"
NOT_A_LENGTH = (
    r"(?!两头|到晚|[天级年前]台|前台|后者|级|以内|之内|内|一次|一趟|一班|一遍|一换|一检|制|限|龄|产权|"
    r"合同|大(?!概)|代|度|轻|纪|薪|租|卡|票|费|的[工租房水电]|"
    r"[一二两三四五六七八九几\d]+[次趟遍顿块元])"
)
NO_LEAD = r"(?<![第每隔几\d一二三四五六七八九十两半.有哪那某另同])"
LENGTH = (
    rf"(?!有一天|四周(?![了前没年])|24小时(?!了|前|没|不))(?:{LEAD}{{1,2}}|{NO_LEAD}){COUNT}(?:来|多)?个?半?多?{UNITS}(?!{UNITS}){NOT_A_LENGTH}"
    r"(?:半(?!夜)|多)?(?:左右)?(?:了|以前|之前|前(?![台后面门边])|以来)?"
)
READ = re.compile(
    rf"(?P<lead>{LEAD}*)(?P<count>{COUNT})(?P<more>来|多)?个?(?P<half>半)?(?P<more2>多)?"
    rf"(?P<unit>{UNITS})(?P<half2>半)?(?P<more3>多)?(?:左右)?(?P<tail>了|以前|之前|前|以来)?"
)
MINUTES = {"分钟": 1, "刻钟": 15, "小时": 60, "钟头": 60}
DAYS = {"天": 1, "日": 1, "周": 7, "星期": 7, "礼拜": 7}
MONTHS = {"月": 1, "年": 12}
A_FEW = (3, 9)
HALF_A_DAY = 4
"""“半天” is no half of twenty-four hours: so many hours."""


def read_length(said: str, now: datetime) -> Interval | None:
    """The stretch of time, or None where it is no length.

    Raises:
        ValueError, OverflowError: beyond the calendar.
    """
    match = READ.fullmatch(said)
    if match is None:
        return None
    low, high = amount(match)
    unit = match["unit"]
    if match["count"] == "半" and unit == "天":
        low, high, unit = HALF_A_DAY, HALF_A_DAY, "小时"
    back = steps(unit)
    if "前" in (match["tail"] or ""):
        first, last = back(now, high), back(now, low)
        return Interval(around(first, unit, low)[0], around(last, unit, low)[1])
    start = back(now, low)
    if unit not in MINUTES:
        start = start.replace(hour=0, minute=0)
    goes_on = match["tail"] in ("了", "以来") or re.search("连|持续|已", match["lead"])
    return Interval(start, None if goes_on else now)


def amount(match: re.Match[str]) -> tuple[float, float]:
    """Between how many units: “三四天” is 3 and 4, “两年多” 2 and 3."""
    count = match["count"]
    if count == "半":
        low = high = 0.5
    elif count.endswith("几") or count == "数":
        ten = 10 if count.startswith("十") else 0
        low, high = ten + A_FEW[0], ten + A_FEW[1]
        low -= 2 if ten else 0
    elif re.fullmatch(PAIRS, count):
        low, high = value(count[0]), value(count[1])
    else:
        low = high = value(count)
    half = 0.5 if match["half"] or match["half2"] else 0
    more = 1 if match["more"] == "多" or match["more2"] or match["more3"] else 0
    return low + half, high + half + more


def steps(unit: str) -> Callable[[datetime, float], datetime]:
    if unit in MINUTES:
        return lambda now, n: now - timedelta(minutes=MINUTES[unit] * n)
    if unit in DAYS:
        return lambda now, n: now - timedelta(days=int(DAYS[unit] * n))
    return lambda now, n: months_before(now, MONTHS[unit] * n)


def months_before(now: datetime, count: float) -> datetime:
    """The same day of an earlier month, or its last; half a month is fifteen days."""
    whole, half = int(count), count % 1
    first, end = months(now.year, now.month - whole, now.month - whole)
    last = (end - DAY).day
    there = now.replace(year=first.year, month=first.month, day=min(now.day, last))
    return there - 15 * DAY if half else there


def around(at: datetime, unit: str, count: float) -> Span:
    """The stretch as wide as the unit that holds the moment."""
    day = at.replace(hour=0, minute=0)
    if unit in ("小时", "钟头") and count >= 1:
        return at - timedelta(minutes=30), at + timedelta(minutes=30)
    if unit in MINUTES:
        return at, at + timedelta(minutes=1)
    if unit in ("天", "日"):
        return day, day + DAY
    if unit in DAYS or (count % 1 and unit == "月"):
        monday = day - day.weekday() * DAY
        return monday, monday + 7 * DAY
    if unit == "月" or count < 1:
        return months(at.year, at.month, at.month)
    return months(at.year, 1, 12)
