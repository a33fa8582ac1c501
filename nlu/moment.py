"""What one expression of time means, as an interval or a rule by which it comes back.

Where an expression says too little, it is read as a neighbour would who hears what has happened:

- “周三”, “三月八号”, “八点” without more: the nearest in the past (with ``ahead`` to come);
- “昨晚” counts from the calendar day, also at half past midnight: the evening just gone;
  “今晚” before five in the morning is that same evening;
- “半夜” belongs to the evening before it: “昨天半夜两点” is two o'clock of today;
  “昨天凌晨” is the early morning of yesterday;
- 12点 with 晚上 or 半夜 is the midnight that ends the day; a bare 1–5点 beside a day is in the
  afternoon;
- an interval is as wide as what was said: “十一点” an hour, “十一点二十” a minute,
  “十一点左右” half an hour to either side;
- “周末”, “工作日” alone come back; “周一到周三” are three days, “周一到周五” the working week;
- several days with a part of the day (“这几天半夜”) are that part of each of them.
"""

import re
from dataclasses import replace
from datetime import datetime, timedelta

from nlu.clock import SHANGHAI
from nlu.dates import DAY, Span, Today, midnight
from nlu.days import BARE_DAY, NAMED_DAY, read_day
from nlu.hours import CLOCK, NIGHTS, PART, Hours, read_hours
from nlu.interval import Frequency, Interval, Meaning, Recurrence
from nlu.lengths import LENGTH, read_length
from nlu.repeats import read_repeats

TO = r"(?:一直到|直到|[到至\-~—–]+|(?<=[点分半多钟刻])[^\W不没的了得过]{1,2}?到)"
NEXT_DAY = r"(?:第二天|次日|隔天|转天)"
UP_TO_NOW = r"(?:现在|如今|目前|今(?![天日早晚儿年夜]))"
OPENS = r"(?:以后|之后|后(?![来面门边院楼续果天勤备期悔])|开始|起(?!来|码|诉|火)|以来)"
TAIL = rf"(?:{OPENS}|左右|前后|以前|之前|的时候|那天|当天|那会儿)"
RUN_OF_DAYS = r"(?:连着|连续)(?:好几|几|[一二两三四五六七八九十\d]{1,3})天"
LEAD = re.compile(r"^(?:是|在|从(?!早到)|自从|自|打从|打|就|到|约|大概是|大约是)+(?=.)")
CLOSING = re.compile(r"[\s，,。.!！了]+$")
SHORT_PART = re.compile(
    r"(?:(?<=[天日号末节旦庆秋夕诞儿])|(?<=[周期拜][一二三四五六日天])|(?<=月\d\d)|(?<=月\d))"
    rf"([早晚夜])(?=$|{CLOCK}|{TO})|"
    rf"(?<![上中下傍夜今昨前明每大清一当午半深])([早晚夜])(?={CLOCK})"
)
EACH_SHORT_PART = re.compile(r"(?:每到|每逢|每|一到)个?([早晚夜])(?![上里间高晨])")
SHORT_PARTS = {"早": "早上", "晚": "晚上", "夜": "夜里"}
LEFT_OPEN = re.compile(r"周|星期|礼拜|(?!\d{2,4}[年\-/.])[\d一二三四五六七八九十]")
"""Days that need another day to be told by."""
EARLY = 5
"""Until this hour the night before is still “tonight”."""
AFTERNOON_HOURS = range(1, 6)
HALF_DAY = 720
WHOLE_DAY = 1440


def pattern_of_moment(suffix: str) -> str:
    return (
        rf"(?P<day{suffix}>{NAMED_DAY}|{BARE_DAY}|{NEXT_DAY}|{LENGTH}(?<=前))?的?"
        rf"(?P<parts{suffix}>(?:{PART}的?){{0,2}})(?P<clock{suffix}>{CLOCK})?"
    )


READ_MOMENT = re.compile(rf"{pattern_of_moment('')}(?P<tails>{TAIL}*)")
READ_RANGE = re.compile(
    rf"{pattern_of_moment('')}{OPENS}?{TO}(?:(?P<now>{UP_TO_NOW})|{pattern_of_moment('2')})(?P<tails>{TAIL}*)"
)
READ_EVERY = re.compile(
    rf"(?:的|都)?(?P<parts>(?:{PART}的?){{0,2}})(?P<clock>{CLOCK})?"
    rf"(?:{TO}{NEXT_DAY}?(?P<parts2>(?:{PART}的?){{0,2}})(?P<clock2>{CLOCK})?)?(?P<tails>{TAIL}*)"
)
READ_SINCE = re.compile(
    rf"(?P<day>{NAMED_DAY}|{RUN_OF_DAYS})(?:{OPENS})?[，, ]?(?:的|都)?(?P<rest>.+)"
)


def read_time(said: str, now: datetime, *, ahead: bool = False) -> Meaning | None:
    """What an expression of time means, seen from ``now``; None: nothing that can be told.

    Args:
        said: as ``find_times`` found it, or any other text.
        now: timezone-aware.
        ahead: what is left open means the time to come, as in an appointment.

    Returns:
        An interval in Beijing time, its end exclusive; or the rule by which it comes back.

    Raises:
        ValueError: ``now`` is naive.
    """
    if now.tzinfo is None:
        raise ValueError("now must carry a timezone")
    today = Today(now.astimezone(SHANGHAI).replace(second=0, microsecond=0), ahead)
    try:
        return meaning(spelt_out(said), today)
    except (ValueError, OverflowError):  # no such date, or beyond the calendar
        return None


def spelt_out(said: str) -> str:
    """“昨晚” as “昨天晚上”, without words that add nothing."""
    text = re.sub(r"\s+", "", said).rstrip("的")
    text = re.sub(
        r"([今昨前明])([早晚夜])(?:上|里|间)?(?![饭餐班报])",
        lambda m: f"{m.group(1)}天{SHORT_PARTS[m.group(2)]}",
        text,
    )
    text = EACH_SHORT_PART.sub(lambda m: f"每天{SHORT_PARTS[m.group(1)]}", text)
    text = SHORT_PART.sub(lambda m: "早上" if m.group(0) == "早" else "晚上", text)
    return LEAD.sub("", text)


def meaning(text: str, today: Today) -> Meaning | None:
    length = None if re.fullmatch(NAMED_DAY, text) else read_length(text, today.now)
    if length is not None:
        return length
    text = CLOSING.sub("", text)
    return (
        read_every(text)
        or read_since(text, today)
        or read_range(text, today)
        or read_moment(text, today)
    )


def read_every(text: str) -> Recurrence | None:
    for rule, rest in read_repeats(text):
        match = READ_EVERY.fullmatch(rest)
        if match is not None:
            return at_hours(rule, every_hours(match))
    return None


def every_hours(match: re.Match[str]) -> Hours | None:
    hours = read_hours(match["parts"], match["clock"] or "")
    if hours is None:
        return None
    if match["parts2"] or match["clock2"]:
        return until_hours(hours, match["parts"], match["parts2"] or "", match["clock2"] or "")
    if re.search(OPENS, match["tails"]):
        end = read_hours(match["parts"], "") if match["parts"] else None
        return replace(hours, end=max(hours.end, end.end if end else WHOLE_DAY))
    return hours


def at_hours(rule: Recurrence, hours: Hours | None) -> Recurrence:
    """The rule at these hours; what begins past midnight belongs to the day after."""
    if hours is None:
        return rule
    later, start = divmod(hours.start, WHOLE_DAY)
    end = min(start + hours.end - hours.start, 2 * WHOLE_DAY)
    weekdays = tuple(sorted((day + later) % 7 for day in rule.weekdays))
    return replace(rule, hours=((start, end),), weekdays=weekdays)


def read_since(text: str, today: Today) -> Recurrence | None:
    """“最近每天晚上”, “连着三天半夜”."""
    match = READ_SINCE.fullmatch(text)
    if match is None:
        return None
    days = match["day"]
    if days[0] == "连":
        run = read_length(days, today.now)
        since = run.start if run else today.now
        rest = match["rest"] if read_every(match["rest"]) else f"每天{match['rest']}"
        every = read_every(rest)
    else:
        since = read_day(days, today)[0]
        every = read_every(match["rest"])
    return replace(every, since=since) if every else None


def read_range(text: str, today: Today) -> Meaning | None:
    match = READ_RANGE.fullmatch(text)
    if match is None or not (match["day"] or match["parts"] or match["clock"]):
        return None
    hours = read_hours(match["parts"], match["clock"] or "")
    if match["now"]:
        return Interval(placed(match["day"], hours, match["parts"], today)[0], None)
    if not match["day2"] and hours is not None:
        hours = until_hours(hours, match["parts"], match["parts2"], match["clock2"] or "")
        start, end = placed(match["day"], hours, match["parts"], today)
        return Interval(start, end)
    start, _ = placed(match["day"], hours, match["parts"], today)
    last = last_day(match["day2"], start, today)
    until = read_hours(match["parts2"], match["clock2"] or "")
    if until is None:
        return Interval(start, last[1])
    return Interval(start, last[0] + timedelta(minutes=until.end if until.at is None else until.at))


def until_hours(first: Hours, parts: str, own_parts: str, clock: str) -> Hours:
    """From the first hour to the last, which lies in the same part of the day if it can."""
    last = read_hours(own_parts or parts, clock)
    if last is None:
        raise ValueError("no last hour")
    start = first.start if first.at is None else first.at
    end = last.end if last.at is None else last.at
    while end <= start:
        end += WHOLE_DAY if own_parts or (last.sure and not parts) else HALF_DAY
    if end > WHOLE_DAY and not first.sure and start < HALF_DAY:
        start += HALF_DAY  # “十一点闹到凌晨两点” begins at 23:00
    return Hours(start, end, first.sure or start >= HALF_DAY, start)


def last_day(said: str | None, start: datetime, today: Today) -> Span:
    """The day a range ends on; what is not fixed comes after its first."""
    first = midnight(start.date())
    if not said:
        return first, first + DAY
    if re.fullmatch(NEXT_DAY, said):
        return first + DAY, first + 2 * DAY
    if LEFT_OPEN.match(said):
        return read_day(said, Today(start, ahead=True))
    return read_day(said, today)


def read_moment(text: str, today: Today) -> Meaning | None:
    match = READ_MOMENT.fullmatch(text)
    if match is None or not (match["day"] or match["parts"] or match["clock"]):
        return None
    tails = match["tails"]
    if re.search("以前|之前", tails):
        return None
    hours = read_hours(match["parts"], match["clock"] or "")
    if match["day"] and hours is not None:
        start, end = day_meant(match["day"], today)
        if end - start > DAY:
            return each_day(start, end, hours, today)
    start, end = placed(match["day"], hours, match["parts"], today)
    if re.search(OPENS, tails):
        return Interval(start, None)
    if re.search("左右|前后", tails) and hours is None and end - start == DAY:
        return Interval(start - DAY, end + DAY)
    return Interval(start, end)


def each_day(start: datetime, end: datetime, hours: Hours, today: Today) -> Recurrence:
    """These hours of each of several days."""
    every = at_hours(Recurrence(frequency=Frequency.DAILY), hours)
    return replace(every, since=start, until=end if end < today.now else None)


def placed(said: str | None, hours: Hours | None, parts: str, today: Today) -> Span:
    """The hours on the day said, or on the nearest day they fit."""
    if said and re.fullmatch(NEXT_DAY, said):
        raise ValueError("the day after which?")
    if said:
        day = day_meant(said, today)
        span = on_day(day, hours, parts, today)
        if span[0] > today.now >= day[0] and LEFT_OPEN.match(said) and not today.ahead:
            earlier = Today(day[0] - timedelta(minutes=1))
            return on_day(read_day(said, earlier), hours, parts, earlier)
        return span
    if hours is None:
        raise ValueError("neither day nor hours")
    shifts = (0,) if hours.sure else (0, HALF_DAY)
    first = midnight(today.date)
    candidates = [
        at(first + days * DAY, hours.later(shift)) for days in (-2, -1, 0, 1) for shift in shifts
    ]
    return today.nearest(candidates)


def day_meant(said: str, today: Today) -> Span:
    """The days said, also counted back (“五天前的晚上”)."""
    length = read_length(said, today.now) if said.endswith("前") else None
    return (length.start, length.end) if length and length.end else read_day(said, today)


def on_day(day: Span, hours: Hours | None, parts: str, today: Today) -> Span:
    if hours is None:
        return day
    if not hours.sure and hours.start // 60 in AFTERNOON_HOURS:
        hours = hours.later(HALF_DAY)
    start, end = at(day[0], hours)
    if start > today.now >= day[0] and not today.ahead and in_night_before(parts, today):
        return start - DAY, end - DAY
    return start, end


def in_night_before(parts: str, today: Today) -> bool:
    """Whether a night that has not come yet is told of as the one that has gone."""
    names = re.findall(PART, parts)
    if not names:
        return False
    return names[-1] in NIGHTS or ("晚" in names[-1] and today.now.hour < EARLY)


def at(day: datetime, hours: Hours) -> Span:
    return day + timedelta(minutes=hours.start), day + timedelta(minutes=hours.end)
