"""Two wants in one message: “路灯坏了，顺便问下居住证怎么办” is a report and a question.

Where a message may be cut is found by its words; whether the pieces are wants of their own is
judged by what each of them was understood as, since “漏水没人管，怎么办” is one want, and so is a
long complaint of many sentences.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, IntEnum
from types import MappingProxyType

from nlu.text import HAN

FURTHER = re.compile(
    r"(?:我们?|俺|咱|那)?(?:(?:另外|此外|顺便|顺带|顺道|再就是|再一个|再有(?:就是|一)?|还有(?:就是|个|一个|件|一件|一事|一点)|"
    r"(?:第二|其次|二是)(?:个|件|点)?(?:事|问题)?)(?!也(?!想)|都|并|还(?!想|要|有))|(?<=[，,。！？\s])对了|"
    r"再(?:问|打听|咨询|请教|反映|说|报)(?:一?下|个|一个|一件|件|一?声|一?句|你|您|点)?|"
    r"还(?:有)?(?:想|要)(?:再)?(?:问|咨询|打听|了解|请教|反映|投诉|举报|报|说|提|表扬|查|催)|"
    r"还有(?:，|,|我|那个|啊|呢)|然后(?:我)?(?:还)?(?:想)?(?:问|再)|"
    r"最后(?:再|想|还)?(?:问|说|提)|同时(?:我)?(?:也|还)?想|"
    r"也想(?:问|反映|顺)|说到这(?:儿|里)?|别的不说)"
)
"""Words that say that something else follows."""
ALSO = re.compile(r"(?<=[，,。！？；;\s])还有(?!没|理|脸|完|救|用|这|点|些|时|人|啥|什么|多|几|谁)")
"""“还有” by itself: something else, or more of the same."""
END = re.compile(r"[。！？!?；;\n]+")
EDGES = re.compile(
    r"^(?:[，,。、；;：:\s]|另外|此外|顺便|顺带|顺道|对了|再就是|再一个|再有(?:就是)?|还有(?:就是|个事儿?|一个|一件事|件事|个)?)+"
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
    r"(?:另外|此外|还有)(?:也(?!想)|都)|而且|并且|还(?!有|想|要问)|也|就|都|可(?!是)|却|结果|所以|因为|导致|难道|不然|否则|请(?!问)|求|谢谢|这(?!个?[月周]|[个几两]?[礼星天])|他|她|它|怎么(?!办)|到底|究竟|什么时候|啥时候"
)
"""Words with which the same matter goes on."""
QUESTION = re.compile(
    r"[吗么嘛呢？?]|怎么|怎样|如何|咋|哪|啥|什么|多少|多久|多大|多长|几[个天点号月年岁样时]|谁|"
    r"([能会要行有是办收算可])(?:得|以)?不(?:\1|能|行)|有没有|没有?$|不$|不[，,。 ]"
)
"""The form of a question."""
TURNS = re.compile(r"(?:我|俺)?(?:还)?(?:想|要)?(?:请问|请教|咨询|打听|问)")
"""With which one turns from a story to a question."""
OLD_TICKET = re.compile(
    r"单子|工单|单号|那[一个]?单|上次|上回|上周|上个?礼拜|上个?月|之前|前[几两]?天|前阵|昨[天儿]|那天|刚才|"
    r"(?:报|反映|投诉|举报|提|说)(?:过)?的|那[个件]?事|催"
)
"""By what one speaks of something told before; “赶紧来人” after a report hurries that report."""
CONTRAST = re.compile(r"不过|但是?|可是|只是|就是")
"""“他很热心，不过灯又坏了”: praise, and a report; elsewhere the same story goes on."""
PLACE = re.compile(
    r"[东南西北]边|[东南西北前后大]门|门[口前]|路[口上边]|楼[前后下顶道]|院[里子]|单元|号楼|小区|广场|花园|公园|绿地|"
    r"地下室|地库|车[库棚]|河边|旁边|对面|隔壁|街[上口]|桥[上下]"
)
"""Where the matter of a second report is."""
AFRESH = re.compile(r"又|今[天早晚]|现在|刚|新|我家|我们[家楼]")
"""By what one goes from an old ticket to what is wrong now."""
EMPTY = re.compile(
    r"怎么办理?|怎么样?|怎样|如何|咋[办弄整]?|哪[里儿个些]?|什么|啥|多少|多久|多大|多长|几[个天点号月年样]?|能不能|可不可以|可以|"
    r"是不是|有没有|要不要|需要|需不需要|材料|手续|证件|原件|复印件|办[理好完下]?|收费|收钱|花钱|免费|费用|流程|条件|要求|时间|地[方点]|"
    r"窗口|电话|请问|打听|咨询|知道|一下|本人|自己|亲自|现在|以后|之后|一般|大概|一[个次年月天]|[前后]|"
    r"[的了吗呢啊呀吧么嘛不没有是得能会在去到给还也又再就都和跟我你您他她它们这那个要想问说下来带交领钱费算谁归管行用]"
)
"""What says nothing of the matter a question is about."""
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
    PRIVACY = "privacy"
    FACT = "fact"
    THANKS = "thanks"


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
        "add_to_ticket": Errand.TICKET,
        "urge_ticket": Errand.TICKET,
        "withdraw_ticket": Errand.TICKET,
        "ask_human": Errand.PERSON,
        "privacy_request": Errand.PRIVACY,
        "give_address": Errand.FACT,
        "give_contact": Errand.FACT,
        "give_time": Errand.FACT,
        "correct": Errand.FACT,
        "thanks": Errand.THANKS,
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
        frozenset({Errand.SUGGESTION, Errand.QUESTION}),
        frozenset({Errand.BOOKING, Errand.REPORT}),
        frozenset({Errand.BOOKING, Errand.QUESTION}),
        frozenset({Errand.PERSON, Errand.QUESTION}),
        frozenset({Errand.FACT, Errand.QUESTION}),
        frozenset({Errand.FACT, Errand.TICKET}),
    }
)
"""Pairs that stand side by side without a word between; others need one."""
TOLD_TOGETHER = frozenset({(Errand.REPORT, Errand.PRAISE), (Errand.PRAISE, Errand.REPORT)})
"""What was bad before somebody mended it belongs to the praise."""
PENDING = frozenset({"ask_ticket_status", "urge_ticket"})
"""To withdraw a ticket or add to it is told together with the reason."""


class Mark(IntEnum):
    """What stands at a cut: nothing, “还有”, or a word that says that something else follows."""

    NONE = 0
    ALSO = 1
    FURTHER = 2


SURE: Mapping[Mark, float] = MappingProxyType({Mark.NONE: 0.6, Mark.ALSO: 0.6, Mark.FURTHER: 0.4})
"""How likely the less likely of two wants must be."""
LIKELY, CLEAR, SURELY = 0.35, 0.45, 0.6
"""How likely the categories must be of which two matters are, to be called different."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A place at which a message may fall in two."""

    at: int
    mark: Mark


@dataclass(frozen=True, slots=True)
class Want:
    """A piece of a message, as it was understood: intent and category with their confidence."""

    intent: str
    confidence: float
    category: str = ""
    category_confidence: float = 0.0
    text: str = ""

    @property
    def errand(self) -> Errand | None:
        return ERRANDS.get(self.intent)

    @property
    def asks(self) -> bool:
        """Whether it is a question in form."""
        return QUESTION.search(self.text) is not None


def cuts(text: str) -> tuple[Cut, ...]:
    """Places at which ``text`` (legible) may hold two wants: the marked ones first, MOST in all."""
    found = [Cut(m.start(), Mark.FURTHER) for m in FURTHER.finditer(text)]
    near = {place for cut in found for place in range(cut.at - 2, cut.at + 3)}
    also = [m.start() for m in ALSO.finditer(text) if m.start() not in near]
    near |= {place for at in also for place in range(at - 2, at + 3)}
    plain: set[int] = set()
    if len(text) <= LETTER:
        plain |= {m.end() for m in END.finditer(text)}
        short = len(text) <= SHORT
        plain |= {m.end() for m in COMMA.finditer(text) if short or ASKS.match(text, m.end())}
    found += [Cut(at, Mark.ALSO) for at in also]
    fresh = (at for at in sorted(plain - near) if not CONTINUES.match(text, at))
    found += [Cut(at, Mark.NONE) for at in fresh]
    return tuple(cut for cut in found if says_something(text, cut.at))[:MOST]


def trim(text: str) -> tuple[int, int]:
    """The span of ``text`` without what stands between wants; all of it where that is all."""
    edges = [m.span() for m in EDGES.finditer(text)]
    start = next((end for begin, end in edges if begin == 0), 0)
    stop = next((begin for begin, end in edges if end == len(text) and begin > 0), len(text))
    return (start, stop) if start < stop else (0, len(text))


def says_something(text: str, at: int) -> bool:
    return all(
        len(HAN.findall(piece, *trim(piece))) >= SHORTEST for piece in (text[:at], text[at:])
    )


def are_two(first: Want, second: Want, *, mark: Mark, in_report: bool) -> bool:
    """Whether the pieces want different things.

    Args:
        in_report: whether a report is being taken, so that an address or a phone is a part of it.
    """
    errands = first.errand, second.errand
    if None in errands or second.errand in {Errand.FACT, Errand.THANKS}:
        return False
    if first.errand is Errand.FACT and not in_report:
        return False
    if first.errand is Errand.THANKS and mark is not Mark.FURTHER:
        return False
    if min(first.confidence, second.confidence) < SURE[mark]:
        return False
    if errands[0] is errands[1]:
        return both(first, second, mark)
    if mark is not Mark.FURTHER and not stand_alone(first, second):
        return False
    if mark is not Mark.NONE or frozenset(errands) in FREE:
        return True
    # A story told before its question is about what the question is about.
    told = errands == (Errand.REPORT, Errand.QUESTION) and not TURNS.match(second.text)
    if differ(first, second, SURELY if told else LIKELY):
        return True
    goes_on = first.category == second.category or not is_new(first, second)
    return errands == (Errand.QUESTION, Errand.REPORT) and not goes_on


def stand_alone(first: Want, second: Want) -> bool:
    """Whether, without a word that says so, the second is no more of the first."""
    errands = first.errand, second.errand
    if CONTRAST.match(second.text) or errands in TOLD_TOGETHER:
        return Errand.PRAISE in errands and CONTRAST.match(second.text) is not None
    if errands == (Errand.REPORT, Errand.TICKET):
        return second.intent in PENDING and OLD_TICKET.search(second.text) is not None
    if errands == (Errand.TICKET, Errand.REPORT):
        new = is_new(first, second) or AFRESH.search(second.text) is not None
        return first.intent in PENDING and new and not OLD_TICKET.search(second.text)
    if errands == (Errand.SUGGESTION, Errand.QUESTION):
        return False
    if second.errand is Errand.QUESTION:
        return second.asks and bool(matter(second.text))
    return first.errand is not Errand.QUESTION or first.asks


def is_new(first: Want, second: Want) -> bool:
    """Whether the second report names a place of its own, and nothing that the first did."""
    return PLACE.search(second.text) is not None and not share(first, second)


def both(first: Want, second: Want, mark: Mark) -> bool:
    """Whether two of the same errand are about different matters."""
    if first.errand is Errand.QUESTION:
        if not matter(second.text):
            return False
        if mark is Mark.FURTHER:
            return True
        apart = mark is Mark.ALSO or differ(first, second, at_least=CLEAR)
        return first.asks and second.asks and apart and not share(first, second)
    if mark is Mark.NONE or first.errand not in {Errand.REPORT, Errand.SUGGESTION}:
        return False
    return is_new(first, second) or (mark is Mark.FURTHER and differ(first, second, CLEAR))


def differ(first: Want, second: Want, at_least: float) -> bool:
    """Whether the two are about matters of different categories, each of them so likely."""
    sure = min(first.category_confidence, second.category_confidence) >= at_least
    return sure and first.category != second.category


def matter(text: str) -> frozenset[str]:
    """Pairs of characters that say what a question is about; none in “要带什么材料”."""
    runs = EMPTY.sub(" ", "".join(c if HAN.match(c) else " " for c in text)).split()
    return frozenset(run[i : i + 2] for run in runs for i in range(len(run) - 1))


def share(first: Want, second: Want) -> bool:
    return bool(matter(first.text) & matter(second.text))
