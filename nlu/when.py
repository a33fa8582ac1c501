"""When something happened, as residents say it.

Found as spans of text; turning them into intervals is a later concern, the ticket keeps what
was said.
"""

import re
from dataclasses import dataclass

N = r"(?:\d{1,4}|[零一二两三四五六七八九十]{1,4})"
SPOKEN_DAY = (
    r"大前天|今天|昨天|前天|今早|今晚|今夜|今儿个?|昨儿个?|昨早|昨晚|昨夜|昨日|今日|前晚|前儿个?|"
    r"这会儿|刚才|刚刚|前几天|前两天|前阵子|这几天|这两天|这阵子|最近|近期|近来|好久|"
    r"国庆节?|春节|中秋节?|元旦|五一|端午节?|清明节?"
)
WEEK = (
    r"(?:上上?个?|这个?|本|每个?)?(?:周|星期|礼拜)[一二三四五六日天末]|"
    r"(?:上上?|这|本)个?(?:周|星期|礼拜|月)(?:底|初)?(?![一二三四五六日天末])|"
    r"(?:去年|今年|前年)(?:春天|夏天|秋天|冬天|年底|年初)?"
)
DATE = (
    rf"(?:{N}年)?{N}月(?:份|初|底|中旬)?(?:{N}[号日])?|"
    rf"{N}[号日](?=[早上中下晚凌夜]|{N}点|起|开始|到)"
)
DAY = rf"(?:{SPOKEN_DAY}|{WEEK}|{DATE})"
PART = (
    r"(?:凌晨|清晨|清早|一大早|大清早|大早上|早上|早晨|早高峰|晚高峰|上午|中午|晌午|下午|傍晚|晚上|"
    r"大半夜|大晚上|后半夜|半夜|深夜|夜里|夜间)"
)
CLOCK = rf"(?:(?:{N}[-~到至])?{N}点(?:{N}分|{N}|半|多|钟|左右|来钟)?(?:左右)?|\d{{1,2}}:\d{{2}})"
REPEAT = (
    r"(?:每天|天天|每晚|每到|每逢|每周(?![一二三四五六日天末])|每个月|每月|一到|周末|节假日|工作日)"
)
MOMENT = rf"(?:{REPEAT}的?)?(?:{DAY}的?)?(?:{PART}的?)?{CLOCK}?"
UNTIL = rf"(?:到|至|-|~)(?:第二天|次日)?(?:{PART}{CLOCK}?|{CLOCK})"
TIME = re.compile(rf"{MOMENT}(?:{UNTIL})?(?:以后|之后|左右|前后|开始|起(?!来))?")
SPAN = re.compile(
    rf"(?:连着|连续|已经|整整|快|都|有)?(?:好几|几|半|{N})(?:多)?(?:个多|个)?"
    r"(?:天|周|星期|礼拜|月(?!\d)|年|小时|钟头|分钟)(?:多|左右|前)?(?!级|前台|后者)|"
    r"一个?(?:春天|夏天|秋天|冬天)|从早到晚"
)
NO_SPAN = re.compile(rf"{N}(?:月|年)")  # a date, not a length
ALONE = re.compile(rf"(?:以后|之后|左右|前后|开始|起|每逢|一到|{N})+")


@dataclass(frozen=True, slots=True)
class Said:
    """A time expression as it stands in the text."""

    text: str
    start: int
    end: int


def find_times(text: str) -> tuple[Said, ...]:
    """Expressions of time in ``text`` (normalised), in order, none overlapping another."""
    found: list[Said] = []
    for m in SPAN.finditer(text):
        if not NO_SPAN.fullmatch(m.group(0)):
            found.append(Said(m.group(0), m.start(), m.end()))
    taken = {i for said in found for i in range(said.start, said.end)}
    for m in TIME.finditer(text):
        said = m.group(0).lstrip("到至-~")
        start = m.end() - len(said)
        if len(said) >= 2 and not ALONE.fullmatch(said) and taken.isdisjoint(range(start, m.end())):
            found.append(Said(said, start, m.end()))
    return tuple(sorted(found, key=lambda said: said.start))
