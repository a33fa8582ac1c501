"""What a resident who waits for a person may want of the waiting itself."""

import re
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from actions.escalation import ASKS_FOR_PERSON
from nlu.text import has_words

BEFORE = r"(?:请问|你好|您好|那|我|还|要|得|现在|大概|到底|今天|[，, ])*"
END = r"(?:吧|了|啊|呢|谢谢|[，,。！!？?~ ])*"


class Wish(StrEnum):
    POSITION = "position"
    LEAVE = "leave"
    TICKET = "ticket"


WISHES: Mapping[Wish, re.Pattern[str]] = MappingProxyType(
    {
        Wish.TICKET: re.compile(
            rf"(?:那|先|就|请|帮我|给我|直接|我要)*登记(?:成|一下|个|一?张)?(?:工单)?{END}"
        ),
        Wish.LEAVE: re.compile(
            rf"(?:那|先|我|就|还是)*(?:算了|取消|不(?:用|等|要|需要|转|找|排)(?:等|转|找|排|要)?"
            rf"(?:人工|客服|排队|队)?){END}"
        ),
        Wish.POSITION: re.compile(
            rf"{ASKS_FOR_PERSON.pattern}|{BEFORE}(?:"
            r"(?:等|排)(?:队|到)?(?:等|排)?(?:多久|多长时间|什么时候|几点|几个人?|第?几位?)|第几位?"
            r"|前面(?:还?有)?(?:几|多少)(?:个|位)?人?|轮到我|到我|(?:人|客服|工作人员)|有人(?:在)?|在"
            r"|怎么还没(?:有?人|人?来)|(?:什么时候|几时|多久|几点)才?能?(?:到我|轮到我|有人|来人|来)"
            rf")(?:才?(?:有人|到我|轮到我|来))?(?:了|在|吗|呢|啊|呀){{0,3}}{END}"
        ),
    }
)
"""The first whose words are all there is."""


SMALL_WORD = re.compile(
    r"(?:还是)?(?:没(?:有?用|解决|帮助)|有帮助|都不是|不对|好的?|行|嗯+|哦+|谢谢|[您你]好|对的?|是的?|没有?了?)"
    rf"{END}"
)
"""Judges what was said before, or greets, and tells nothing of the matter."""


def wish_in(text: str) -> Wish | None:
    """What it wants of the waiting; None: it is about the matter itself."""
    said = text.strip()
    return next((wish for wish, words in WISHES.items() if words.fullmatch(said)), None)


def tells_of_matter(text: str) -> bool:
    """Whether it says something that a person or a ticket should know."""
    said = text.strip()
    return has_words(said) and wish_in(said) is None and not SMALL_WORD.fullmatch(said)
