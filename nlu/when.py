"""When something happened, as residents say it.

Found as spans of text; turning them into intervals is a later concern, the ticket keeps what
was said.
"""

import re
from dataclasses import dataclass

N = r"[0-9零一二两三四五六七八九十]"
DAY = (
    r"今天|昨天|前天|大前天|今早|今晚|昨晚|昨夜|昨日|今日|前晚|刚才|刚刚|"
    rf"{N}+月(?:份|{N}+[号日]?)?|{N}+[号日](?=[早上中下晚凌]|{N}+点|起|开始)|"
    r"(?:上个?|这个?|本)?(?:周|星期|礼拜)[一二三四五六日天末]|上周|上个?星期|上个?礼拜|上个?月|这周|这个月|本周|本月|去年|今年|前年|前几天|这几天|这两天|最近|近期"
)
PART = r"凌晨|清晨|一大早|大清早|早上|早晨|上午|中午|下午|傍晚|晚上|夜里|半夜|深夜|夜间|后半夜"
CLOCK = rf"{N}+点(?:{N}+分?|半|多|钟|左右)*|\d{{1,2}}:\d{{2}}"
REPEAT = r"每天|天天|每晚|每到|每周|每个?月|一到|周末|工作日|经常"
SPAN = rf"(?:连着|连续|已经|有|快|都)?(?:好几|几|{N}+)(?:多)?(?:天|周|个星期|个礼拜|个月|年|个小时|小时|分钟)(?:多|左右|了)*"
TIME = re.compile(
    rf"(?:{REPEAT})?的?(?:{DAY})?的?(?:{PART})?的?(?:{CLOCK})?(?:(?:到|至|-|~)(?:第二天|次日)?(?:{PART})?(?:{CLOCK}))?(?:以后|之后|左右|前后|开始|起)?|{SPAN}"
)


@dataclass(frozen=True, slots=True)
class Said:
    """A time expression as it stands in the text."""

    text: str
    start: int
    end: int


def find_times(text: str) -> tuple[Said, ...]:
    """Expressions of time in ``text`` (normalised), in order."""
    found = []
    for m in TIME.finditer(text):
        if len(m.group(0)) >= 2 and m.group(0) not in {"以后", "之后", "左右", "前后", "开始", "经常"}:
            found.append(Said(m.group(0), m.start(), m.end()))
    for m in re.finditer(SPAN, text):
        if not any(s.start < m.end() and m.start() < s.end for s in found):
            found.append(Said(m.group(0), m.start(), m.end()))
    return tuple(sorted(found, key=lambda s: s.start))
