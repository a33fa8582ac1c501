"""Two wants in one message: “路灯坏了，顺便问下居住证怎么办” is a report and a question.

Where a message may be cut is found by its words; whether the pieces are wants of their own is
judged by what each of them was understood as, since “漏水没人管，怎么办” is one want, and so is a
long complaint of many sentences.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from nlu.text import HAN

MARKER = re.compile(
    r"(?:我们?|俺|咱|那)?(?:另外|此外|顺便|顺带|顺道|(?<=[，,。！？\s])对了|再(?:问|打听|咨询|请教|反映|说|报)(?:一?下|个|一个|一件|件|你|您|点)?|"
    r"再就是|再一个|再有(?:就是|一)?|还(?:有)?(?:想|要)(?:再)?(?:问|咨询|打听|了解|请教|反映|投诉|举报|说|提|表扬|查|催)|"
    r"还有(?:就是|个|一个|件|一件|一事|一点|，|,|我|那个|啊|呢)|(?<=[，,。！？；;\s])还有|然后(?:我)?(?:还)?(?:想)?(?:问|再)|"
    r"(?:第二|其次|二是)(?:个|件|点)?(?:事|问题)?|最后(?:再|想|还)?(?:问|说|提)|同时(?:我)?(?:也|还)?想|"
    r"也想(?:问|反映|顺)|说到这(?:儿|里)?|别的不说)"
)
END = re.compile(r"[。！？!?；;\n]+")
EDGES = re.compile(
    r"^(?:[，,。、；;：:\s]|另外|此外|顺便|顺带|顺道|对了|再就是|再一个|还有(?:就是|个事儿?|一个|一件事|件事|个)?)+"
    r"|[，,、；;：:\s]+$"
)
"""What stands between two wants and belongs to neither."""
COMMA = re.compile(r"[，, ]+")
ASKS = re.compile(
    r"(?:我|俺|咱)?(?:还|也)?(?:想|要)?(?:请|麻烦)?(?:问|咨询|打听|查|帮我|给我|催|请问|请教|建议|表扬)|"
    r"我(?:的|上次|昨天|那|之前)|上次|昨天报|之前(?:报|说)|那个"
)
"""Words with which a want of its own may begin after a mere comma."""
CONTINUES = re.compile(
    r"而且|并且|还(?!有|想|要问)|也|就|都|但|可|却|结果|所以|因为|导致|难道|不然|否则|请(?!问)|希望|求|谢谢|这|他|她|它|怎么(?!办)|到底|究竟|什么时候|啥时候"
)
"""Words with which the same matter goes on."""
SHORTEST = 4
"""Chinese characters without which a piece wants nothing."""
LETTER = 200
"""Characters. In a letter every sentence belongs to one story, unless a marker says otherwise."""
SHORT = 60
"""Characters. In so short a message any comma may stand between two wants."""
MOST = 6
"""Places at which a message is tried; each costs two looks at the model."""


class Errand(Enum):
    """What somebody comes with, coarsely: two of different kinds are two wants."""

    REPORT = "report"
    SUGGESTION = "suggestion"
    PRAISE = "praise"
    BOOKING = "booking"
    QUESTION = "question"
    TICKET = "ticket"
    PERSON = "person"
    FACT = "fact"


ERRANDS: Mapping[str, Errand] = MappingProxyType(
    {
        "report_problem": Errand.REPORT,
        "complain_about_service": Errand.REPORT,
        "report_violation": Errand.REPORT,
        "suggest": Errand.SUGGESTION,
        "praise": Errand.PRAISE,
        "book_service": Errand.BOOKING,
        "ask_policy": Errand.QUESTION,
        "ask_activity": Errand.QUESTION,
        "ask_ticket_status": Errand.TICKET,
        "urge_ticket": Errand.TICKET,
        "withdraw_ticket": Errand.TICKET,
        "ask_human": Errand.PERSON,
        "give_address": Errand.FACT,
        "give_contact": Errand.FACT,
        "give_time": Errand.FACT,
        "correct": Errand.FACT,
    }
)
"""What each intent comes for; the others (greetings, yes and no) want nothing by themselves."""

FREE = frozenset(
    {
        frozenset({Errand.TICKET, Errand.REPORT}),
        frozenset({Errand.TICKET, Errand.QUESTION}),
        frozenset({Errand.PRAISE, Errand.REPORT}),
        frozenset({Errand.PRAISE, Errand.QUESTION}),
        frozenset({Errand.PRAISE, Errand.SUGGESTION}),
        frozenset({Errand.BOOKING, Errand.REPORT}),
        frozenset({Errand.BOOKING, Errand.QUESTION}),
        frozenset({Errand.FACT, Errand.QUESTION}),
        frozenset({Errand.FACT, Errand.TICKET}),
    }
)
"""Pairs that stand side by side without a word between; others need one."""
SURE = 0.45
SURE_WITHOUT_MARKER = 0.6
"""How likely the less likely of two wants must be."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A place at which a message may fall in two; ``marked``: a word says that more follows."""

    at: int
    marked: bool


@dataclass(frozen=True, slots=True)
class Want:
    """A piece of a message, as it was understood: intent and category with their confidence."""

    intent: str
    confidence: float
    category: str = ""
    category_confidence: float = 0.0

    @property
    def errand(self) -> Errand | None:
        return ERRANDS.get(self.intent)


def cuts(text: str) -> tuple[Cut, ...]:
    """Places at which ``text`` (legible) may hold two wants: the marked ones first, MOST in all."""
    marked = [m.start() for m in MARKER.finditer(text)]
    plain: list[int] = []
    if len(text) <= LETTER:
        plain += [m.end() for m in END.finditer(text)]
        short = len(text) <= SHORT
        plain += [m.end() for m in COMMA.finditer(text) if short or ASKS.match(text, m.end())]
    near = {place for at in marked for place in range(at - 2, at + 3)}
    found = [Cut(at, marked=True) for at in marked]
    fresh = (at for at in sorted(set(plain)) if at not in near and not CONTINUES.match(text, at))
    found += [Cut(at, marked=False) for at in fresh]
    return tuple(cut for cut in found if says_something(text, cut.at))[:MOST]


def trim(text: str) -> tuple[int, int]:
    """The span of ``text`` without what stands between wants; all of it where that is all."""
    edges = [m.span() for m in EDGES.finditer(text)]
    start = next((end for begin, end in edges if begin == 0), 0)
    stop = next((begin for begin, end in edges if end == len(text) and begin > 0), len(text))
    return (start, stop) if start < stop else (0, len(text))


def says_something(text: str, at: int) -> bool:
    return all(len(HAN.findall(piece)) >= SHORTEST for piece in (text[:at], text[at:]))


def are_two(first: Want, second: Want, *, marked: bool, in_report: bool) -> bool:
    """Whether the pieces want different things.

    Args:
        marked: whether a word between them says that something else follows.
        in_report: whether a report is being taken, so that an address or a phone is a part of it.
    """
    errands = first.errand, second.errand
    if None in errands or second.errand is Errand.FACT:
        return False
    if first.errand is Errand.FACT and not in_report:
        return False
    least = min(first.confidence, second.confidence)
    if least < (SURE if marked else SURE_WITHOUT_MARKER):
        return False
    if errands[0] is not errands[1]:
        return marked or frozenset(errands) in FREE or differ(first, second)
    if errands[0] is Errand.REPORT:
        return marked and differ(first, second)
    return errands[0] is Errand.QUESTION and (marked or differ(first, second))


def differ(first: Want, second: Want) -> bool:
    """Whether the two are about matters of different categories, each of them likely."""
    sure = min(first.category_confidence, second.category_confidence) >= SURE
    return sure and first.category != second.category
