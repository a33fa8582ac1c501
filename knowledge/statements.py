"""What a law or notice says of itself: from when and until when it is in force, what it repeals.

All texts are made plain first (``knowledge.days.plain``).
"""

import re
from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from knowledge.days import DAY, day, plain
from nlu.numeral import value

CLOSING = 12
"""So many paragraphs at the end are searched for what only stands there."""

_ITSELF = (
    r"(?:以上|本)(?:实施|暂行|试行|管理|若干)?(?:法|条例|规定|办法|细则|通知|通告|公告|意见|决定|决议|标准|方案|规则|"
    r"规程|规范|章程|公约|解释|令|指南|制度|规约|批复|措施|政策|文件|修正案|清单|目录|须知|守则|要求|计划|预案|"
    r"指引|函|纲要)"
)
_COMES = r"(?:正式|开始)*(?:施行|实施|执行|生效|试行)(?!的|后|前|以来|之日|情况|细则|办法)"
_ISSUED = r"(?:公布|发布|印发|颁布|下发|签发|通过|批准|公告)"
_COMING = re.compile(
    rf"(?:(?P<who>{_ITSELF})[,、]?)?"
    rf"(?:并?(?:自|从|定于|将于|于)?\s?(?P<day>{DAY})(?:零时|0时)?(?:之日)?\s?起?"
    rf"|[自从]{_ISSUED}(?:之日|之时|日)?起?(?:满?(?P<span>\d{{1,3}}|[一二两三四五六七八九十]{{1,3}})"
    r"(?P<unit>日|天|个月)(?:之?后|起)?)?)"
    rf"[,、]?\s?{_COMES}"
)
_BEGINNING = re.compile(r"(?:^|[。;,:、)》\n ])$")
_LASTS = re.compile(
    r"(?:有效期|施行期|执行期|试行期|实施期)[限间]?(?:为|是|暂定)?\s?"
    r"(?P<years>\d{1,2}|[一二两三四五六七八九十]{1,2})\s?年"
)
_UNTIL = re.compile(
    rf"(?:有效期|施行期|执行期|试行期|实施期)[^。;\n]{{0,24}}?[至到]\s?(?P<day>{DAY})"
    rf"|[至到]\s?(?P<end>{DAY})\s?(?:止|失效|废止|终止|期满)"
)
_TITLE = re.compile(r"《((?:[^《》]|《[^《》]*》)*)》")
_SENTENCE = re.compile(r"(?<=[。;\n])")


@dataclass(frozen=True, slots=True)
class Coming:
    """A statement that something comes into force.

    Attributes:
        when: the day; None where it is counted from the issuing.
        after: what is added to the day of issuing, in months and days.
        itself: the document says it of itself by name (本法 …).
    """

    when: date | None
    after: tuple[int, int]
    itself: bool

    def on(self, issued: date | None) -> date | None:
        """The day meant, for a document issued on a day."""
        if self.when is not None or issued is None:
            return self.when
        months, number = self.after
        return months_later(issued, months) + timedelta(days=number)


def coming_into_force(front: Sequence[str], body: Sequence[str]) -> Coming | None:
    """What the document says of its own coming into force: at its end first, then in its head."""
    end = list(_comings("\n".join(body[-CLOSING:])))
    named = [coming for coming in end if coming.itself]
    if named or end:
        return (named or end)[-1]
    named = [coming for coming in _comings("\n".join(body)) if coming.itself]
    head = list(_comings("\n".join(front), anywhere=True))
    found = named or head
    return found[-1] if found else None


def amendment_in_force(front: Sequence[str], amended: date) -> date | None:
    """What the head says of a day from which an amended text holds (该修正自…起施行)."""
    told = [coming.when for coming in _comings("\n".join(front), anywhere=True)]
    return max((when for when in told if when is not None and when >= amended), default=None)


def expiry(body: Sequence[str], effective: date | None) -> date | None:
    """The last day in force, where the document sets itself one (有效期 …)."""
    told = False
    for sentence in _SENTENCE.split(plain("\n".join(body[-CLOSING:]))):
        bare = _without_titles(sentence)
        own = any(True for _ in _comings(bare))
        if own or told or re.search(rf"{_ITSELF}(?:的)?(?:有效期|试行期)", bare):
            until, lasts = _UNTIL.search(bare), _LASTS.search(bare)
            if until:
                return day(until["day"] or until["end"])
            if lasts and effective:
                return months_later(effective, 12 * value(lasts["years"])) - timedelta(days=1)
        told = own
    return None


def repealed(body: Sequence[str]) -> tuple[str, ...]:
    """The titles of what the document repeals (同时废止)."""
    titles: list[str] = []
    for sentence in _SENTENCE.split(plain("\n".join(body[-CLOSING:]))):
        if re.search(r"废止|停止执行|不再执行", sentence):
            titles += [match[1] for match in _TITLE.finditer(sentence)]
    return tuple(dict.fromkeys(titles))


def without_statements(text: str) -> str:
    """A plain text with its statements of coming into force and its titles blanked out."""
    return _COMING.sub(lambda match: " " * len(match[0]), _without_titles(text))


def months_later(when: date, months: int) -> date:
    """The same day so many months later, or the last of that month."""
    year, month = when.year + (when.month - 1 + months) // 12, (when.month - 1 + months) % 12 + 1
    return date(year, month, min(when.day, monthrange(year, month)[1]))


def _comings(text: str, *, anywhere: bool = False) -> Iterator[Coming]:
    """Statements about the document itself; ``anywhere``: about whatever comes before them."""
    text = _without_titles(plain(text))
    for match in _COMING.finditer(text):
        itself = match["who"] is not None
        if not (
            itself or anywhere or _BEGINNING.search(text[max(0, match.start() - 1) : match.start()])
        ):
            continue
        if match["day"]:
            when = day(match["day"])
            if when is not None:
                yield Coming(when, (0, 0), itself)
            continue
        span = value(match["span"]) if match["span"] else 0
        after = (span, 0) if match["unit"] == "个月" else (0, span)
        yield Coming(None, after, itself)


def _without_titles(text: str) -> str:
    return _TITLE.sub(lambda match: "《" + " " * len(match[1]) + "》", text)
