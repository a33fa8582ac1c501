"""The figures in a text: how long, how much, how old, when, what number to call.

They are made comparable: 一周 is 7天, 1.5万元 is 15000元, 下午五点 is 17:00. Working days, months
and days stay apart, since none is a number of the others.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from knowledge.quantity import NUMBER, quantity

_N = f"(?P<number>{NUMBER})"
_TO = r"(?:-|~|至|到|—|–)"
_PART = "凌晨|清晨|早上|上午|早|中午|下午|傍晚|晚上|夜间|晚"
_AFTER_NOON = frozenset({"下午", "傍晚", "晚上", "夜间", "晚"})


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure: what it measures, its value in one unit of that, how and where it is written.

    ``clause`` is the part of the sentence it stands in, figures and brackets struck out.
    """

    measure: str
    value: float
    written: str
    clause: str


@dataclass(frozen=True, slots=True)
class _Unit:
    """A unit as it is written, the measure it belongs to, and how much of that it is."""

    pattern: str
    measure: str
    scale: float


_UNITS = (
    _Unit(r"个?工作日", "工作日", 1),
    _Unit(r"(?:个?自然日|日历日|天|日(?![常期用报间程历晚前后]))", "天", 1),
    _Unit(r"个?(?:星期|周(?![岁年末边围一二三四五六日]))", "天", 7),
    _Unit(r"个月", "月", 1),
    _Unit(r"年(?![级代度龄货月])", "月", 12),
    _Unit(r"个?(?:小时|钟头)", "分钟", 60),
    _Unit(r"分钟", "分钟", 1),
    _Unit(r"(?:元|块钱|圆)", "元", 1),
    _Unit(r"周?岁", "岁", 1),
    _Unit(r"%", "比例", 0.01),
    _Unit(r"‰", "比例", 0.001),
    _Unit(r"倍", "倍", 1),
    _Unit(r"(?:平方米|平米)", "平方米", 1),
    _Unit(r"(?:公里|千米)", "米", 1000),
    _Unit(r"米", "米", 1),
    _Unit(r"分贝", "分贝", 1),
    _Unit(r"次(?![日要生性])", "次", 1),
    _Unit(r"份", "份", 1),
)

_HALVES = {"年": 6.0, "小时": 30.0, "个小时": 30.0, "倍": 0.5, "岁": 0.5, "周岁": 0.5}
"""What 半 behind a unit adds, in that unit's measure."""

_AND_A_HALF = re.compile(rf"{_N}个半(?P<unit>月|小时|钟头)")

_DATE = re.compile(
    r"(?:(?:\d{4}|[〇零一二三四五六七八九]{4})年)?"
    r"(?P<month>\d{1,2}|[一二三四五六七八九十]{1,3})月"
    r"(?P<day>\d{1,2}|[一二三四五六七八九十]{1,3})[日号]?"
)
_YEAR = re.compile(r"(?:\d{4}|[〇零一二三四五六七八九]{4})年")
_OF_MONTH = re.compile(rf"每月{NUMBER}(?:{_TO}{NUMBER})?[日号]")
_ORDINAL = re.compile(rf"第{NUMBER}\w?")
_PHONE = re.compile(
    r"(?<![\d-])(?:\(?0\d{2,3}\)?-?\d{7,8}|0\d{2,3}-\d{4}-\d{4}|1[3-9]\d{9}|[48]00-?\d{3}-?\d{4}"
    r"|1(?:10|19|20|22)|1[02]\d{3}|12\d{3}|9[56]\d{3,4})(?![\d-]|\s*[元天日年月个岁%万米])"
)
_CLOCK = re.compile(
    rf"(?P<part>{_PART})?(?:(?P<hour>\d{{1,2}}):(?P<minute>\d{{2}})"
    rf"|(?P<said>\d{{1,2}}|[一二两三四五六七八九十]{{1,3}})[点时](?P<rest>半|整|钟|\d{{1,2}}分?)?)"
)
_SHARE = re.compile(rf"(?P<of>[百千万])分之(?P<number>{NUMBER})|(?P<tenths>[一二三四五六七八九])成")
_SHARES = {"百": 0.01, "千": 0.001, "万": 0.0001}
_NUMBERED = tuple(
    (
        re.compile(rf"(?:(?P<low>{NUMBER}){_TO})?{_N}(?P<unit>{unit.pattern})(?P<half>半)?"),
        unit,
    )
    for unit in _UNITS
)
_BRACKETS = re.compile(r"\([^()]*\)|[“”\"]")
_CLAUSES = re.compile(r"[，。；！？、\n,;!?]")


def figures(text: str) -> tuple[Figure, ...]:
    """Every figure of a text, in order."""
    text = unicodedata.normalize("NFKC", text.replace("，", "、"))
    found, rest = list[tuple[int, int, str, float]](), text
    for read in _READERS:
        for start, end, measure, value in read(rest):
            if measure:
                found.append((start, end, measure, value))
            rest = rest[:start] + "\0" * (end - start) + rest[end:]
    rest = _BRACKETS.sub(lambda match: "\0" * len(match[0]), rest)
    return tuple(
        Figure(measure, round(value, 6), text[start:end], _clause(rest, start, end))
        for start, end, measure, value in sorted(found)
    )


Found = Iterator[tuple[int, int, str, float]]
"""Where it stands, what it measures (nothing: it is struck out and counts for nothing), value."""


def _phones(text: str) -> Found:
    for match in _PHONE.finditer(text):
        yield *match.span(), "电话", float(re.sub(r"\D", "", match[0]))


def _dates(text: str) -> Found:
    for match in _DATE.finditer(text):
        try:
            yield *match.span(), "日期", quantity(match["month"]) * 100 + quantity(match["day"])
        except ValueError:
            continue
    for pattern in (_YEAR, _OF_MONTH, _ORDINAL):
        for match in pattern.finditer(text):
            yield *match.span(), "", 0.0


def _clocks(text: str) -> Found:
    afternoon = False
    for match in _CLOCK.finditer(text):
        if not (match["hour"] or match["part"] or match["rest"] or _in_range(text, match)):
            continue
        hour = float(match["hour"]) if match["hour"] else quantity(match["said"])
        minute = match["minute"] or (match["rest"] or "").rstrip("分")
        afternoon = match["part"] in _AFTER_NOON or (
            match["part"] is None and afternoon and _continues(text, match)
        )
        hour += 12 if afternoon and hour < 12 else 0
        minutes = 30.0 if minute == "半" else float(minute) if minute.isdecimal() else 0.0
        yield *match.span(), "钟点", hour * 60 + minutes


def _in_range(text: str, match: re.Match[str]) -> bool:
    behind = re.match(rf"{_TO}(?:{_PART})?{NUMBER}[点时]", text[match.end() :])
    return behind is not None or _continues(text, match)


def _continues(text: str, match: re.Match[str]) -> bool:
    return re.search(rf"[\d点时半整分钟\0]{_TO}$", text[: match.start()]) is not None


def _shares(text: str) -> Found:
    for match in _SHARE.finditer(text):
        try:
            value = (
                quantity(match["tenths"]) / 10
                if match["tenths"]
                else quantity(match["number"]) * _SHARES[match["of"]]
            )
        except ValueError:
            continue
        yield *match.span(), "比例", value


def _halved(text: str) -> Found:
    for match in _AND_A_HALF.finditer(text):
        try:
            value = quantity(match["number"]) + 0.5
        except ValueError:
            continue
        yield *match.span(), *(("月", value) if match["unit"] == "月" else ("分钟", value * 60))


def _counted(text: str) -> Found:
    for pattern, unit in _NUMBERED:
        for match in pattern.finditer(text):
            try:
                value = quantity(match["number"]) * unit.scale
                low = quantity(match["low"]) * unit.scale if match["low"] else None
            except ValueError:
                continue
            if match["half"]:
                value += _HALVES.get(match["unit"], 0.0)
            if low is not None:
                yield match.start(), match.end("low"), unit.measure, low
                yield match.start("number"), match.end(), unit.measure, value
            else:
                yield *match.span(), unit.measure, value


_READERS: tuple[Callable[[str], Found], ...] = (
    _phones,
    _dates,
    _clocks,
    _shares,
    _halved,
    _counted,
)


def _clause(text: str, start: int, end: int) -> str:
    """The clause around a place, or the one before where it says nothing itself."""
    ends = [0, *(m.end() for m in _CLAUSES.finditer(text, 0, start))]
    behind = _CLAUSES.search(text, end)
    clause = text[ends[-1] : behind.start() if behind else len(text)].replace("\0", "")
    if not re.search(r"\w", clause) and len(ends) > 1:
        return text[ends[-2] : ends[-1] - 1].replace("\0", "")
    return clause
